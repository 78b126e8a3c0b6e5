// What kind of image a file holds, told from its first bytes and never from its name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::io {

// What is read, as a sentence names it. Each place that lists the formats for people takes this.
constexpr std::string_view kFormatNames = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC and JPEG XL";

// "jpeg", "png", "webp", "gif", "bmp", "avif", "heic", "tiff", "jxl"; empty for anything else.
std::string format_of(std::span<const std::byte> file);

// The same of a file of any name; "bmp", whose mark is but two letters, only where the name says so too. Empty also for
// what is no regular file or cannot be read.
std::string format_of_file(const base::Path& path);

// True for a name that ends like an image: jpg, jpeg, png, webp, gif, bmp, avif, heic, tif, jxl and their variants in any
// case.
bool has_image_extension(const base::Path& path);

}  // namespace lorikeet::io
