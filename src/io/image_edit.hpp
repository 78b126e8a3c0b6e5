// An image file made into another: cropped, resized, turned, or written in another format. What is seen stays what is
// seen: colour profile, transparency, 16 bits and texts are kept where the format can hold them.
//
// In this order: the camera's turn is applied, the part is cut out, resized (Lanczos), turned, mirrored.
//
// Throws   Error{Corrupt}, Error{Unsupported} as io/image.hpp; Error{Unsupported} for an image of several frames, of which
//          but one would stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/resample.hpp"

namespace lorikeet::io {

enum class Turn { None, Right, Half, Left };

struct ImageEdit {
    std::string format;                              // "png", "jpeg", "webp": what is written
    int quality = 95;                                // of JPEG and WebP, 1 to 100; 100 is WebP without loss
    std::optional<Region> part;                      // of the upright image
    std::int64_t to_width_px = 0, to_height_px = 0;  // 0: the part's own size
    Turn turn = Turn::None;
    bool mirror = false;
};

// The bytes of the new file. `name` is what messages call the old one.
std::string edit_image(std::span<const std::byte> file, const std::string& name, const ImageEdit& edit);

// The ending of a file of that format, with its dot: ".jpg".
std::string_view extension_of(std::string_view format);

// A file of that format can be written.
bool is_written(std::string_view format);

// Some of it can be seen through, or could be: it has an alpha channel.
bool has_alpha(std::span<const std::byte> file, const std::string& name);

}  // namespace lorikeet::io
