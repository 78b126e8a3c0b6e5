// Whether files can be made in a folder, found out without making any.
#pragma once

#include <string>

#include "base/file.hpp"

namespace lorikeet::studio {

// Empty when they can, or a sentence that says why not: a folder that may not be written to, a file in its place, a name
// that is too long. A folder that is not there is judged by the nearest one above it.
std::string trouble_writing_in(const base::Path& folder);

}  // namespace lorikeet::studio
