// Lines for people. Only this room knows spdlog.
#pragma once

#include <string_view>

#include "base/file.hpp"

namespace lorikeet::base {

void log_info(std::string_view line);
void log_warning(std::string_view line);

enum class LogLevel { Quiet, Normal };
// What goes to stderr: everything, or warnings alone (while a terminal view is drawn).
void set_log_level(LogLevel level);
// Adds a file that takes every line from now on, with the time in front.
void add_log_file(const Path& path);

}  // namespace lorikeet::base
