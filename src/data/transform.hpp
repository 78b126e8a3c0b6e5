// From an image of any size to what the VAE is fed.
//
// Source   kohya's sd-scripts, library/train_util.py, trim_and_resize_if_required; library/utils.py, resize_image.
// Golden   tests/golden/transform.safetensors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "io/image.hpp"

namespace lorikeet::data {

// Stands for everything this room does to a pixel; part of the key of every cached latent. A change here that
// alters a pixel changes it.
constexpr std::string_view kTransformVersion = "cover-area-lanczos-centre-1";

struct Size {
    std::int64_t width_px = 0;
    std::int64_t height_px = 0;
    bool operator==(const Size&) const = default;
};

// The smallest size of the image's shape that covers `target`; each side is int(side * scale + 0.5).
Size cover(Size image, Size target);

struct Corner {
    std::int64_t left_px = 0, top_px = 0;
    bool operator==(const Corner&) const = default;
};

// How an image comes to the size that it is trained at: resized, then cropped. No side of `resized` is shorter than that of
// `size`.
struct Crop {
    Size image;  // as its file has it
    Size resized;
    Size size;
    std::optional<Corner> at{};  // in the resized image; unset: the crop is from the middle
    bool operator==(const Crop&) const = default;

    Corner corner() const;
};

// The crop that loses least.
Crop crop_to(Size image, Size target);

// Resized by area where no side grows, else by Lanczos.
io::Image fit(const io::Image& image, const Crop& crop);

// The same of a file's bytes, decoded row by row: the image as a whole is never in memory. Waits for its turn
// (decoding.hpp).  Throws what io::read_rows throws; Error{Conflict} when the file's image has another size by now.
io::Image fit_file(std::span<const std::byte> file, const std::string& name, const Crop& crop,
                   const io::Background& background = io::kWhiteBackground);

// How opaque the same part of the image is, row by row from the top: a byte for each pixel.  Throws what io::read_alpha_rows
// throws besides.
std::vector<std::uint8_t> fit_alpha(std::span<const std::byte> file, const std::string& name,
                                    const Crop& crop);

// Red alone.
std::vector<std::uint8_t> first_channel(const io::Image& image);

// Shapes   [3, H, W] float32 in [-1, 1].
at::Tensor to_pixels(const io::Image& image);

}  // namespace lorikeet::data
