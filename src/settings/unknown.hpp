// What may be meant by a key there is no setting for.
#pragma once

#include <string>
#include <string_view>

#include "settings/field.hpp"

namespace lorikeet::settings {

// Why there is no setting of this name in this section (a path without element numbers; empty: the root),
// and what may be meant: a key elsewhere, sd-scripts' name, the nearest key, else the keys there are.
std::string hint_for_unknown(const Schema& root, std::string_view section, std::string_view key);
std::string hint_for_unknown(std::string_view section, std::string_view key);  // of a job

}  // namespace lorikeet::settings
