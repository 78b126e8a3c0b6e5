// Scripts that let a shell finish commands, options, files, runs and settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::cli {

enum class Operand { None, File, Run, Word };  // what follows an option, or the command itself

struct OptionWords {
    std::string name;  // "--set"
    std::string what;  // one sentence
    Operand operand = Operand::None;
    std::vector<std::string> choices;  // the only values it takes, when there are such
};

struct CommandWords {
    std::string name;
    std::string what;
    Operand operand = Operand::None;
    std::vector<std::string> choices;
    std::vector<OptionWords> options;
};

std::string bash_completion(const std::vector<CommandWords>& commands,
                            const std::vector<std::string>& settings);
std::string zsh_completion(const std::vector<CommandWords>& commands,
                           const std::vector<std::string>& settings);

}  // namespace lorikeet::cli
