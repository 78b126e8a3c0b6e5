// How much lies in a folder.
#pragma once

#include <cstdint>

#include "base/file.hpp"

namespace lorikeet::studio {

// Of all its files and those of folders inside. No link is followed; what cannot be read counts nothing; never throws.
std::uint64_t bytes_below(const base::Path& folder);

}  // namespace lorikeet::studio
