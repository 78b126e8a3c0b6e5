// Lists that may be long, and are cut short until all of them is asked for.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "cli/console.hpp"

namespace lorikeet::cli {

// "renamed (3):" and a line each behind a blank line; nothing where there are none. Of many, the first twenty, and how
// many more --all would name.
void say_list(Console& console, const std::string& title, std::size_t count, bool all,
              const std::function<std::string(std::size_t)>& line);

}  // namespace lorikeet::cli
