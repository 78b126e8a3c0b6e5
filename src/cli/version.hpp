#pragma once

#include <string_view>

namespace lorikeet::cli {

// "lorikeet 0.1.0": the number that CMakeLists.txt gives the project.
std::string_view version_text();

}  // namespace lorikeet::cli
