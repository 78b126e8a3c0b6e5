// Small images for windows: a JPEG is a tenth of the PNG, and nobody trains on it.
//
// Throws   Error{Internal} when libvips cannot write it.
#pragma once

#include <string>

#include "io/image.hpp"

namespace lorikeet::io {

// The bytes of a JPEG file; `quality` from 1 to 100.
std::string encode_jpeg(const Image& image, int quality);

}  // namespace lorikeet::io
