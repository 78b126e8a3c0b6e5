// Where the program finds what comes along with it: the tiny base model, CLIP's vocabulary, presets.
#pragma once

#include <optional>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::base {

// Looks for assets/<name> in $LORIKEET_HOME, in ../share/lorikeet beside the program, and in the checkout it
// was built from; what is found first is taken.
std::optional<Path> try_find_asset(std::string_view name);
// The same for what ./run setup fetched (.deps/site/<name>).
std::optional<Path> try_find_fetched(std::string_view name);

}  // namespace lorikeet::base
