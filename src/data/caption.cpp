#include "data/caption.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/prompt_syntax.hpp"
#include "base/text.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Fisher-Yates over [first, end).
void shuffle(std::vector<std::string>& tags, std::size_t first, tensor::Draws& draws) {
    for (std::size_t i = tags.size(); i > first + 1; --i)
        std::swap(tags[i - 1], tags[first + draws.below(i - first)]);
}

// The letter two bytes of UTF-8 stand for, small: Latin-1, Latin Extended-A, Greek and Cyrillic, where the small one has two
// bytes as well.
char32_t small(char32_t letter) {
    const auto in = [&](char32_t first, char32_t last) { return letter >= first && letter <= last; };
    if ((in(0xC0, 0xDE) && letter != 0xD7) || in(0x391, 0x3A9) || in(0x410, 0x42F)) return letter + 0x20;
    if (in(0x400, 0x40F)) return letter + 0x50;
    if (in(0x100, 0x12F) || in(0x132, 0x137) || in(0x14A, 0x177)) return letter | 1U;
    if (in(0x139, 0x148) || in(0x179, 0x17E)) return letter + (letter & 1U);
    return letter;
}

// The text encoder sees small letters alone. As many bytes as before.
std::string small_letters(std::string_view text) {
    auto result = base::to_lower(text);
    for (std::size_t i = 0; i + 1 < result.size(); ++i) {
        const auto first = static_cast<unsigned char>(result[i]);
        if (first < 0xC3 || first > 0xD0) continue;
        const auto second = static_cast<unsigned char>(result[i + 1]);
        const auto letter = small((first & 0x1FU) << 6U | (second & 0x3FU));
        result[i] = static_cast<char>(0xC0U | letter >> 6U);
        result[i + 1] = static_cast<char>(0x80U | (letter & 0x3FU));
    }
    return result;
}

bool begins_with_tag(std::string_view caption, std::string_view tag) {
    return caption.size() >= tag.size() &&
           small_letters(caption.substr(0, tag.size())) == small_letters(tag) &&
           (caption.size() == tag.size() || caption[tag.size()] == ',');
}

std::string_view without_first(std::string_view caption, std::size_t bytes) {
    auto rest = base::trim(caption.substr(bytes));
    if (rest.starts_with(',')) rest.remove_prefix(1);
    return base::trim(rest);
}

// Without the trigger where it is a tag already, whatever its letters' case.
std::string without_tag(const std::string& caption, const std::string& tag) {
    if (begins_with_tag(caption, tag)) return std::string(without_first(caption, tag.size()));
    auto tags = parse_tags(caption);
    const auto same = [wanted = small_letters(tag)](const auto& one) { return small_letters(one) == wanted; };
    return std::erase_if(tags, same) == 0 ? caption : write_tags(tags);
}

}  // namespace

Caption parse_caption(std::string_view bytes, const std::string& name) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (base::is_utf8(bytes) && bytes.find('\0') != std::string_view::npos)
        base::fail(base::ErrorCode::InvalidInput, fmt::format("{} holds zero bytes, so it is no text.", name),
                   "Write the caption again, or, if it is UTF-16, save it with the encoding UTF-8.");
    if (!base::is_utf8(bytes))
        base::fail(base::ErrorCode::InvalidInput, fmt::format("{} is not UTF-8 text.", name),
                   "Open it in an editor and save it with the encoding UTF-8.");
    Caption caption;
    caption.file = name;
    while (!bytes.empty()) {
        const auto end = bytes.find_first_of("\r\n");
        const auto line = base::trim(bytes.substr(0, end));
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        if (!base::is_visible(line)) continue;
        if (!caption.text.empty()) {
            caption.more_lines = true;
            break;
        }
        caption.text = line;
    }
    return caption;
}

std::optional<Caption> find_caption(const base::Path& image, std::span<const std::string> extensions) {
    for (const auto& extension : extensions) {
        auto file = image;
        file.replace_extension(extension);
        if (file != image && base::is_file(file)) return parse_caption(base::read_text(file), file.string());
    }
    return std::nullopt;
}

std::vector<std::string> parse_tags(std::string_view caption) {
    std::vector<std::string> tags;
    const auto add = [&](std::string_view part) {
        if (const auto tag = base::trim(part); base::is_visible(tag)) tags.emplace_back(tag);
    };
    for (const auto& part : base::split(caption, ",")) add(part);
    return tags;
}

std::string write_tags(std::span<const std::string> tags) { return base::join(tags, ", "); }

std::string caption_for_draw(const settings::Subset& subset, const std::string& caption, std::uint64_t seed,
                             std::int64_t epoch, std::int64_t place) {
    using tensor::Stream;
    const auto at = [&](Stream stream) {
        return tensor::Draws(tensor::seed_of(seed, stream, static_cast<std::uint64_t>(epoch),
                                             static_cast<std::uint64_t>(place)));
    };
    if (subset.caption_dropout > 0 && at(Stream::CaptionDropout).uniform() < subset.caption_dropout)
        return {};
    const auto typed = base::is_visible(subset.trigger) ? base::trim(subset.trigger) : std::string_view();
    const auto trigger = base::unescape_brackets(typed);
    auto text = base::unescape_brackets(base::trim(caption));
    if (!trigger.empty()) text = without_tag(text, trigger);
    if (subset.shuffle_tags) {
        auto tags = parse_tags(text);
        auto draws = at(Stream::Caption);
        const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(subset.keep_tokens, 0));
        shuffle(tags, std::min(kept, tags.size()), draws);
        text = write_tags(tags);
    }
    if (trigger.empty()) return text;
    return text.empty() ? trigger : trigger + ", " + text;
}

}  // namespace lorikeet::data
