// Images as tensors, and many images as one.
#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "io/image.hpp"

namespace lorikeet::tiny_base {

// Shapes   images of one size to [B, 3, H, W] float32 within [-1, 1], and back (clamped).
at::Tensor to_pixels(const std::vector<io::Image>& images);
std::vector<io::Image> to_images(const at::Tensor& pixels);

// All in rows of `columns`, a white line between them, each enlarged `times` by repeating pixels.
void write_sheet(const base::Path& path, const std::vector<io::Image>& images, std::size_t columns,
                 std::int64_t times = 2);

}  // namespace lorikeet::tiny_base
