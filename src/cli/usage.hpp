// What commands take, as their help and errors say it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lorikeet::cli {

// An option's type_name says what it takes; a validator would say it again in words of CLI11. Of all commands below, too.
void hide_validators(CLI::App& app);

// "dataset import " of what was typed: as far as it names commands.
std::string command_in(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace lorikeet::cli
