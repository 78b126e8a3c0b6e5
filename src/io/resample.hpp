// Other sizes of a picture, with the very pixels the reference trainers and taggers see.
//
// Bicubic and Lanczos equal those of Pillow 13 bit for bit: separable, 22 bit fixed point, rounded to 8 bits between
// the passes. Area equals OpenCV's INTER_AREA within 1.
//
// Source   Pillow, src/libImaging/Resample.c; OpenCV, modules/imgproc/src/resize.cpp.
// Golden   tests/golden/resample.safetensors
#pragma once

#include <cstdint>

#include "io/image.hpp"

namespace lorikeet::io {

enum class Filter {
    Bicubic,
    Lanczos,
    Area,  // for shrinking: neither side may grow
};

Image resize(const Image& image, std::int64_t width_px, std::int64_t height_px, Filter filter);

// The part whose upper left corner is (x, y); it lies wholly inside.
Image crop(const Image& image, std::int64_t x, std::int64_t y, std::int64_t width_px, std::int64_t height_px);

// Left becomes right.
Image mirror(const Image& image);

}  // namespace lorikeet::io
