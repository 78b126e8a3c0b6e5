// An image as taggers of the WD family see it: in the middle of a white square, resized to the side that the network wants.
//
// Area where it shrinks, Lanczos where it grows, as the reference script does; rows are padded as they are decoded, so that
// an image of any size takes little memory. Each image is read once.
//
// Shapes   pixels [B, 3, S, S], blue first: WD v3 learned from BGR.
// Dtype    float32:  (value / 255 - mean) / deviation,  by channel as the network is given them.
// Source   kohya's sd-scripts, finetune/tag_images_by_wd14_tagger.py, preprocess_image; neggles/wdv3-timm for what follows.
// Golden   tests/golden/tag_square.safetensors
// Throws   what io::read_image throws.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include <ATen/ATen.h>

#include "io/image.hpp"

namespace lorikeet::tag {

// `name` is what messages call the file.
io::Image square_of(std::span<const std::byte> file, const std::string& name, std::int64_t side_px);
io::Image square_of(const base::Path& file, std::int64_t side_px);

// (value / 255 - mean) / deviation; numbers of red, green and blue.
struct Scaling {
    std::array<double, 3> mean{0.5, 0.5, 0.5};
    std::array<double, 3> deviation{0.5, 0.5, 0.5};
};

at::Tensor pixels_of(std::span<const io::Image> squares, const Scaling& scaling);

}  // namespace lorikeet::tag
