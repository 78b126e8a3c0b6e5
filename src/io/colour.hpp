// What libvips decoded, as pixels of 8 bits in the colours that are shown: a file's colour profile becomes sRGB.
//
// A profile that is sRGB itself, within a level, changes nothing. A profile that is damaged or of another kind of image is
// passed over, as viewers do. CMYK without a profile is left as it is: see PixelLayout.
//
// Golden   tests/golden/colour.safetensors (Pillow with littleCMS)
#pragma once

#include <vips/vips8>

#include "io/image.hpp"

namespace lorikeet::io {

enum class PixelLayout { Rgb, Rgba, Cmyk };  // bytes of a pixel: 3, 4, 4; ink grows with the number

struct ShownPixels {
    vips::VImage image;  // 8 bits, as many bands as the layout has
    PixelLayout layout = PixelLayout::Rgb;
};

// Throws vips::VError.
ShownPixels shown_of(const vips::VImage& image);

// What `shown_of` will do about the profile.
Profile profile_of(const vips::VImage& image);

// A row of such pixels as RGB over a colour. True when some of it can be seen through.
bool to_rgb(PixelLayout layout, std::span<const std::uint8_t> row, std::uint8_t* rgb,
            const Background& background);
// How opaque they are, three times each. True likewise.
bool to_alpha(PixelLayout layout, std::span<const std::uint8_t> row, std::uint8_t* rgb);

}  // namespace lorikeet::io
