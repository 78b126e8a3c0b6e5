// How trouble is said: the cause in one line, what can be done about it in the next.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "cli/console.hpp"

namespace lorikeet::cli {

// "error: cause" and " help: remedy" to stderr.
void say_error(Console& console, std::string_view cause, std::string_view remedy);
void say_warning(Console& console, std::string_view cause, std::string_view remedy = {});

// All that is wrong with one thing ("job.toml"), numbered. Returns the exit code.
int say_problems(Console& console, std::string_view thing, const std::vector<base::Problem>& problems);

// What the program ends with, when so much of its output did not arrive: 1 where all else went well.
int said_all(Console& console, const std::string& trouble, int code);

// Runs a command; an exception becomes its two lines and its exit code, never a stack trace.
int guarded(Console& console, const std::function<int()>& command);

}  // namespace lorikeet::cli
