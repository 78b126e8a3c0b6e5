// Files packed with gzip, read whole.
//
// Throws   Error{NotFound}; Error{Corrupt} when the file is no gzip file or is cut off;
//          Error{Unsupported} when it holds more than `most_bytes`: a small file can unpack to any size.
#pragma once

#include <cstddef>
#include <string>

#include "base/file.hpp"

namespace lorikeet::io {

std::string read_gzip(const base::Path& path, std::size_t most_bytes);

}  // namespace lorikeet::io
