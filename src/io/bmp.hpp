// Windows bitmaps, read without a library: the only other readers in reach would let every format of
// ImageMagick in.
//
// Reads    1, 4, 8 bits with a palette; 16, 24 and 32 bits, also with bit fields; rows up or down. Not: RLE,
//          embedded JPEG and PNG, OS/2 variants. A fourth byte is padding, not transparency, unless the
//          header names an alpha mask.
// Source   "Bitmap Storage", learn.microsoft.com/windows/win32/gdi/bitmap-storage.
// Throws   Error{Unsupported}, Error{Corrupt}; the sentence is the reason alone.
#pragma once

#include <cstddef>
#include <span>

#include "io/image.hpp"

namespace lorikeet::io {

bool is_bmp(std::span<const std::byte> file);
ImageFacts peek_bmp(std::span<const std::byte> file);
Image decode_bmp(std::span<const std::byte> file);
RowsRead read_bmp_rows(std::span<const std::byte> file, const OnRow& take,
                       const Background& background = kWhiteBackground);

}  // namespace lorikeet::io
