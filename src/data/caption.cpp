#include "data/caption.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kLittleEndianMark = "\xFF\xFE", kBigEndianMark = "\xFE\xFF";

bool is_surrogate(char32_t unit) { return unit >= 0xD800 && unit < 0xE000; }

void append_utf8(std::string& text, char32_t letter) {
    const auto add = [&](char32_t byte) { text += static_cast<char>(byte); };
    const auto add_last_bits = [&](int shift) { add(0x80 | ((letter >> shift) & 0x3F)); };
    if (letter < 0x80) return add(letter);
    if (letter < 0x800) {
        add(0xC0 | (letter >> 6));
    } else {
        if (letter < 0x10000) {
            add(0xE0 | (letter >> 12));
        } else {
            add(0xF0 | (letter >> 18));
            add_last_bits(12);
        }
        add_last_bits(6);
    }
    add_last_bits(0);
}

void add_tag(std::string_view part, std::vector<std::string>& tags) {
    if (const auto tag = base::trim(part); base::is_visible(tag)) tags.emplace_back(tag);
}

}  // namespace

std::optional<std::string> utf16_as_utf8(std::string_view bytes) {
    const bool little = bytes.starts_with(kLittleEndianMark);
    if ((!little && !bytes.starts_with(kBigEndianMark)) || bytes.size() % 2 != 0) return std::nullopt;
    const auto unit_at = [&](std::size_t at) -> char32_t {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        return little ? byte(at) | char32_t{byte(at + 1)} << 8 : char32_t{byte(at)} << 8 | byte(at + 1);
    };
    std::string text;
    for (std::size_t at = 2; at < bytes.size(); at += 2) {
        auto letter = unit_at(at);
        if (is_surrogate(letter)) {
            at += 2;
            const auto second = at < bytes.size() ? unit_at(at) : 0;
            if (letter >= 0xDC00 || second < 0xDC00 || second >= 0xE000) return std::nullopt;
            letter = 0x10000 + ((letter - 0xD800) << 10) + (second - 0xDC00);
        }
        append_utf8(text, letter);
    }
    return text;
}

Caption parse_caption(std::string_view bytes, const std::string& name) {
    const auto converted = utf16_as_utf8(bytes);
    if (converted) bytes = *converted;
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (base::is_utf8(bytes) && bytes.find('\0') != std::string_view::npos)
        base::fail(base::ErrorCode::InvalidInput, fmt::format("{} holds zero bytes, so it is no text.", name),
                   "Write the caption again, or, if it is UTF-16, save it with the encoding UTF-8.");
    if (!base::is_utf8(bytes))
        base::fail(base::ErrorCode::InvalidInput, fmt::format("{} is not UTF-8 text.", name),
                   "Open it in an editor and save it with the encoding UTF-8.");
    Caption caption;
    caption.file = name;
    caption.was_utf16 = converted.has_value();
    while (!bytes.empty()) {
        const auto end = bytes.find_first_of("\r\n");
        const auto line = base::trim(bytes.substr(0, end));
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        if (!base::is_visible(line)) continue;
        if (caption.text.empty())
            caption.text = line;
        else
            caption.more_lines.emplace_back(line);
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
    for (const auto& part : base::split(caption, ",")) add_tag(part, tags);
    return tags;
}

std::vector<std::string> parse_weighted_tags(std::string_view caption) {
    std::vector<std::string> tags;
    std::size_t begin = 0, depth = 0;
    for (std::size_t at = 0; at < caption.size(); ++at) {
        const char sign = caption[at];
        if (sign == '\\') {
            ++at;  // what follows is a letter
        } else if (sign == '(' || sign == '[') {
            ++depth;
        } else if ((sign == ')' || sign == ']') && depth > 0) {
            --depth;
        } else if (sign == ',' && depth == 0) {
            add_tag(caption.substr(begin, at - begin), tags);
            begin = at + 1;
        }
    }
    add_tag(caption.substr(begin), tags);
    return tags;
}

std::string write_tags(std::span<const std::string> tags) { return base::join(tags, ", "); }

}  // namespace lorikeet::data
