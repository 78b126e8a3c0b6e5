// Other sizes of an image, with the very pixels the reference trainers and taggers see.
//
// Bicubic and Lanczos equal those of Pillow 13 bit for bit: separable, 22 bit fixed point, rounded to 8 bits between
// the passes. Area equals OpenCV's INTER_AREA within 1.
//
// Source   Pillow, src/libImaging/Resample.c; OpenCV, modules/imgproc/src/resize.cpp.
// Golden   tests/golden/resample.safetensors
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "io/image.hpp"

namespace lorikeet::io {

enum class Filter {
    Bicubic,
    Lanczos,
    Area,  // for shrinking: neither side may grow
};

Image resize(const Image& image, std::int64_t width_px, std::int64_t height_px, Filter filter);

struct Region {
    std::int64_t x = 0, y = 0, width_px = 0, height_px = 0;
};

struct Resizing {
    std::int64_t from_width_px = 0, from_height_px = 0;
    std::int64_t to_width_px = 0, to_height_px = 0;
    Region part;  // of the result; lies wholly inside
    Filter filter = Filter::Area;
};

// A part of a resized image whose rows come one by one: what crop(resize(...)) gives, bit for bit. What it holds
// is as large as the part, or, where the image grows, as what the part is made from.
class ResizedPart {
  public:
    explicit ResizedPart(const Resizing& resizing);
    ~ResizedPart();
    ResizedPart(const ResizedPart&) = delete;
    ResizedPart& operator=(const ResizedPart&) = delete;

    // Rows in turn; row 0 begins again.
    void add_row(std::int64_t y, std::span<const std::uint8_t> rgb);
    Image result() const;  // once the last row was added

    struct Work;

  private:
    std::unique_ptr<Work> work_;
};

// The part whose upper left corner is (x, y); it lies wholly inside.
Image crop(const Image& image, std::int64_t x, std::int64_t y, std::int64_t width_px, std::int64_t height_px);

// Left becomes right.
Image mirror(const Image& image);

}  // namespace lorikeet::io
