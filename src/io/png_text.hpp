// The text chunks of PNG: where generators keep the prompt of an image.
//
// Source   PNG specification, third edition, sections 5 (chunks) and 11.3.3 (tEXt, zTXt, iTXt).
// Throws   Error{Corrupt} for a file whose chunks do not hold together; Error{InvalidInput} for a keyword
// that
//          PNG does not allow (1 to 79 printable ASCII characters).
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace lorikeet::io {

using PngTexts = std::map<std::string, std::string>;

// `png` with the texts (UTF-8) put right after its header.
std::string with_png_texts(std::span<const std::byte> png, const PngTexts& texts);

// All texts, as UTF-8. The last of one keyword wins; a text that is longer than 16 MB unpacked is left out.
PngTexts png_texts(std::span<const std::byte> png);

}  // namespace lorikeet::io
