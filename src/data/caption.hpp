// Captions: read from beside the image, taken apart into tags, and varied each time an image is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

struct Caption {
    base::Path file;
    std::string text;         // the first line that is not blank, trimmed; empty when there is none
    bool more_lines = false;  // there are others, which are not read
};

// From the bytes of a caption file: UTF-8, with or without a byte order mark, any kind of line ends.
// Throws Error{InvalidInput} naming `name` when it is not UTF-8.
Caption parse_caption(std::string_view bytes, const std::string& name);

// The caption of an image: its name with the first extension that exists. Nothing when none does.
// Throws what parse_caption throws, and Error{Io}.
std::optional<Caption> find_caption(const base::Path& image, std::span<const std::string> extensions);

// "a,  b , ,c" -> a; b; c: parted at commas, trimmed, empty ones dropped.
// parse(write(tags)) = tags, for tags that parse made.
std::vector<std::string> parse_tags(std::string_view caption);
std::string write_tags(std::span<const std::string> tags);  // joined with ", "

// What the text encoder is shown this time, for the draw at `place` of `epoch`:
//   1. by caption_dropout, nothing at all;
//   2. the caption, its tags in another order if asked for, the first keep_tokens staying where they are;
//   3. the trigger and ", " in front; where it is one of the tags already, in any case of its letters, it goes from there.
// Escaped brackets are plain ones (base/prompt_syntax.hpp).
// A pure function: the same arguments give the same text, whoever asks and whenever.
std::string caption_for_draw(const settings::Subset& subset, const std::string& caption, std::uint64_t seed,
                             std::int64_t epoch, std::int64_t place);

}  // namespace lorikeet::data
