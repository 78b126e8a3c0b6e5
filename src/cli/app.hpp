// The command line: which commands there are, and which one is meant.
#pragma once

#include <string>
#include <vector>

#include "cli/completion.hpp"
#include "cli/console.hpp"

namespace lorikeet::cli {

// Runs what the words (without the program's own name) ask for. Returns the exit code, never throws.
int run(const std::vector<std::string>& words, Console& console);

// Every command and option, as completion and documentation need them.
std::vector<CommandWords> command_words();
// The help text of one command; of the program itself when the name is empty.
std::string help_text(const std::string& command);

}  // namespace lorikeet::cli
