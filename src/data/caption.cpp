#include "data/caption.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void add_tag(std::string_view part, std::vector<std::string>& tags) {
    if (const auto tag = base::trim(part); base::is_visible(tag)) tags.emplace_back(tag);
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
