// Numbers that tell what an image is like without looking at it: whether two show nearly the same, whether one is blurred, or
// of one colour. Of a small copy, so they cost little beside the decoding.
//
// Source   difference hash: N. Krawetz, "Kind of like that", 2013, here of both directions; sharpness: the variance of the
//          Laplacian, J. L. Pech-Pacheco et al. 2000.
#pragma once

#include <array>
#include <cstdint>

#include "io/image.hpp"

namespace lorikeet::data {

struct ImageMeasures {
    // Bits of which neighbours are brighter, in 9 x 8 and in 8 x 9 fields of the image.
    std::array<std::uint64_t, 2> hash{};
    double sharpness = 0;  // variance of the Laplacian of the brightness, at a longer side of 256 px
    double contrast = 0;   // deviation of the colours, 0 to 128
    bool operator==(const ImageMeasures&) const = default;
};

// The size of the copy that is measured: the longer side at most 256 px, no side below 1.
struct MeasuredSize {
    std::int64_t width_px = 0, height_px = 0;
};
MeasuredSize measured_size(std::int64_t width_px, std::int64_t height_px);

// Of a copy of that size.
ImageMeasures measure(const io::Image& copy);

// How alike two images are, 0 to 1: the share of bits that agree. Unrelated images are about 0.5.
double likeness(const ImageMeasures& a, const ImageMeasures& b);

}  // namespace lorikeet::data
