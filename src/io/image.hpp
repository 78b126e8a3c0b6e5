// Pictures: decoded to 8 bit RGB, written as PNG. Only this room knows libvips.
//
// What a file holds is told from its first bytes, never from its name. EXIF orientation is applied; what is
// transparent becomes white; 16 bit, grey, palette and CMYK become 8 bit RGB; of an animation the first frame
// is taken. Colour profiles of RGB files are not applied, as the reference trainers do not.
//
// Golden   tests/golden/image.safetensors (Pillow)
// Throws   Error{Unsupported} for a format or a size that is not read, Error{Corrupt} for a picture that is
//          damaged or cut off, Error{NotFound}; each names the file and the reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::io {

struct Image {
    std::int64_t width_px = 0;
    std::int64_t height_px = 0;
    std::vector<std::uint8_t> rgb;  // rows from the top, 3 bytes a pixel, no padding

    bool operator==(const Image&) const = default;
};

struct ImageFacts {
    std::int64_t width_px = 0;  // as shown: after the orientation of the camera
    std::int64_t height_px = 0;
    std::string format;  // "jpeg", "png", "webp", "gif", "bmp", "avif"
};

// May be called from many threads; each decodes on its own.
Image read_image(const base::Path& path);
// The same from memory; `name` is what messages call it.
Image decode_image(std::span<const std::byte> file, const std::string& name);

// The header alone.
ImageFacts peek_image(const base::Path& path);
ImageFacts peek_image(std::span<const std::byte> file, const std::string& name);

// A drawing of our own (SVG) as a picture of its own size. Never for a stranger's bytes.
Image draw_svg(const std::string& svg);

// True for a name that ends like a picture this room reads: jpg, jpeg, png, webp, gif, bmp, avif in any case.
bool has_image_extension(const base::Path& path);

// Written whole or not at all. Texts become tEXt chunks, or iTXt where they are not plain ASCII.
void write_png(const base::Path& path, const Image& image,
               const std::map<std::string, std::string>& text_chunks = {});
// The bytes of such a file.
std::string encode_png(const Image& image, const std::map<std::string, std::string>& text_chunks = {});
std::map<std::string, std::string> read_png_text(const base::Path& path);

}  // namespace lorikeet::io
