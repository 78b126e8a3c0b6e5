#include "tag/tag_list.hpp"

#include <optional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

// The fields of a line: commas part them, but not within double quotes, of which two together mean one.
std::vector<std::string> fields_of_line(std::string_view line) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char letter = line[i];
        if (letter == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            fields.back() += line[++i];
        } else if (letter == '"') {
            quoted = !quoted;
        } else if (letter == ',' && !quoted) {
            fields.emplace_back();
        } else {
            fields.back() += letter;
        }
    }
    return fields;
}

std::optional<Category> category_of(std::string_view number) {
    if (number == "0") return Category::General;
    if (number == "1") return Category::Artist;
    if (number == "3") return Category::Copyright;
    if (number == "4") return Category::Character;
    if (number == "5") return Category::Meta;
    if (number == "9") return Category::Rating;
    return std::nullopt;
}

KnownTag tag_of_line(std::string_view line, const std::string& where) {
    const auto fields = fields_of_line(line);
    if (fields.size() < 3 || base::trim(fields[1]).empty())
        base::fail(
            base::ErrorCode::Corrupt,
            fmt::format("{} is no line of a list of tags: {}.", where, base::printable_start(line, 80)),
            "The file is damaged, or cut off while it was downloaded. Download it again.");
    const auto category = category_of(base::trim(fields[2]));
    if (!category)
        base::fail(
            base::ErrorCode::Unsupported,
            fmt::format("{} names the category {}, which is not known.", where,
                        base::printable_start(fields[2], 40)),
            "Known are 0 (general), 1 (artist), 3 (copyright), 4 (character), 5 (meta) and 9 (rating).");
    return {std::string(base::trim(fields[1])), *category};
}

}  // namespace

TagList parse_tag_list(std::string_view csv, const std::string& name) {
    if (csv.starts_with(kMark)) csv.remove_prefix(kMark.size());
    if (!base::is_utf8(csv))
        base::fail(base::ErrorCode::Corrupt, fmt::format("{} is not UTF-8 text.", name),
                   "It should be the selected_tags.csv of the tagger. Download it again.");
    TagList tags;
    std::size_t number = 0;
    while (!csv.empty()) {
        const auto end = csv.find('\n');
        auto line = csv.substr(0, end);
        csv.remove_prefix(end == std::string_view::npos ? csv.size() : end + 1);
        ++number;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (number == 1 && !line.starts_with("tag_id,name,category"))
            base::fail(base::ErrorCode::Corrupt,
                       fmt::format("{} does not begin with \"tag_id,name,category\".", name),
                       "It should be the selected_tags.csv of the tagger. Download it again.");
        if (number > 1 && !base::trim(line).empty())
            tags.push_back(tag_of_line(line, fmt::format("{}:{}", name, number)));
    }
    if (tags.empty())
        base::fail(base::ErrorCode::Corrupt, fmt::format("{} holds no tags.", name), "Download it again.");
    return tags;
}

TagList read_tag_list(const base::Path& file) {
    return parse_tag_list(base::read_text(file), base::printable(file.string()));
}

}  // namespace lorikeet::tag
