// Images: decoded to 8 bit RGB, written as PNG. This room, format and colour are the only ones that know libvips.
//
// What a file holds is told from its first bytes, never from its name. EXIF orientation is applied; a colour profile is
// converted to sRGB (colour.hpp); what is transparent becomes white, or the colour asked for; 16 bit, grey, palette and CMYK
// become 8 bit RGB; of an animation the first frame is taken. A PNG's gamma (gAMA) is not applied: Pillow, by which models
// were trained, does not.
//
// Golden   tests/golden/image.safetensors, tests/golden/colour.safetensors (Pillow)
// Throws   Error{Unsupported} for a format or a size that is not read, Error{Corrupt} for an image that is
//          damaged or cut off, Error{NotFound}; each names the file and the reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
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

// A file's colour profile: none, one that means sRGB, one that is converted, or one that cannot be used.
enum class Profile { None, Srgb, Converted, Broken };

struct ImageFacts {
    std::int64_t width_px = 0;  // as shown: after the orientation of the camera
    std::int64_t height_px = 0;
    std::string format;  // see format.hpp
    Profile profile = Profile::None;
    std::string
        colours{};  // how they become sRGB, in a word with its version; empty where nothing is to be done
    // What read_rows takes of memory at the most, about: some lines, or for kinds that come only whole the image.
    std::int64_t decoding_bytes = 0;
    std::int64_t frames = 1;  // or pages; the first is what is read
};

// May be called from many threads; each decodes on its own.
Image read_image(const base::Path& path);
// The same from memory; `name` is what messages call it.
Image decode_image(std::span<const std::byte> file, const std::string& name);

// The same row by row, from the top, so that an image need not be in memory as a whole. `take` is given every row's number
// and bytes; row 0 may come a second time, and everything then comes again.
struct RowsRead {
    bool transparent = false;  // some of it could be seen through
};
using OnRow = std::function<void(std::int64_t y, std::span<const std::uint8_t> rgb)>;
using Background = std::array<std::uint8_t, 3>;
constexpr Background kWhiteBackground{255, 255, 255};
RowsRead read_rows(std::span<const std::byte> file, const std::string& name, const OnRow& take,
                   const Background& background = kWhiteBackground);

// How opaque each pixel is: 0 to 255, the same in all three bytes; 255 throughout where nothing can be seen through.
// Throws besides Error{Unsupported} for a bitmap (BMP) with transparency.
RowsRead read_alpha_rows(std::span<const std::byte> file, const std::string& name, const OnRow& take);

// The header alone.
ImageFacts peek_image(const base::Path& path);
ImageFacts peek_image(std::span<const std::byte> file, const std::string& name);

// A drawing of our own (SVG) as an image of its own size. Never for a stranger's bytes.
Image draw_svg(const std::string& svg);

// Written whole or not at all. Texts become tEXt chunks, or iTXt where they are not plain ASCII.
void write_png(const base::Path& path, const Image& image,
               const std::map<std::string, std::string>& text_chunks = {});
// The bytes of such a file.
std::string encode_png(const Image& image, const std::map<std::string, std::string>& text_chunks = {});
std::map<std::string, std::string> read_png_text(const base::Path& path);

}  // namespace lorikeet::io
