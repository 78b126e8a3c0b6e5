// An image as training takes it, small: resized and cropped by the very functions that training calls.
#pragma once

#include <string>

#include "base/file.hpp"
#include "data/transform.hpp"

namespace lorikeet::studio {

// The bytes of a PNG, its longest side at most 192 pixels; empty when the image cannot be read any more. Safe from any thread.
std::string trained_thumbnail(const base::Path& file, const data::Crop& crop,
                              const io::Background& background = io::kWhiteBackground);

}  // namespace lorikeet::studio
