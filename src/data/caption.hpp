// Captions: read from beside the image, and taken apart into tags. What is shown of them: caption_draw.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::data {

struct Caption {
    base::Path file;
    std::string text;  // the first line that is not blank, trimmed; empty when there is none
    std::vector<std::string> more_lines{};  // the others, likewise
    bool was_utf16 = false;                 // and is UTF-8 here
};

// The text of a file of UTF-16 in either order, as editors on Windows save it, told by its byte order mark; without that mark.
// Nothing for any other file, and where it is cut off or not valid.
std::optional<std::string> utf16_as_utf8(std::string_view bytes);

// From the bytes of a caption file: UTF-8, with or without a byte order mark, or UTF-16 with one; any kind of line ends.
// Throws Error{InvalidInput} naming `name` when it is neither.
Caption parse_caption(std::string_view bytes, const std::string& name);

// The caption of an image: its name with the first extension that exists. Nothing when none does.
// Throws what parse_caption throws, and Error{Io}.
std::optional<Caption> find_caption(const base::Path& image, std::span<const std::string> extensions);

// "a,  b , ,c" -> a; b; c: parted at commas, trimmed, empty ones dropped.
// parse(write(tags)) = tags, for tags that parse made.
std::vector<std::string> parse_tags(std::string_view caption);
// The same of a caption whose brackets are weights: no tag ends within brackets, "(a, b:1.2), c" -> (a, b:1.2); c.
std::vector<std::string> parse_weighted_tags(std::string_view caption);
std::string write_tags(std::span<const std::string> tags);  // joined with ", "

}  // namespace lorikeet::data
