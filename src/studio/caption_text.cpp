#include "studio/caption_text.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"

namespace lorikeet::studio {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kWordsOfASentence = 8;

std::size_t words_in(std::string_view text) {
    std::size_t words = 0;
    bool inside = false;
    for (const char letter : text) {
        const bool blank = letter == ' ' || letter == '\t';
        words += !blank && !inside ? 1 : 0;
        inside = !blank;
    }
    return words;
}

bool ends_a_sentence(std::string_view field) {
    const auto text = base::trim(field);
    return text.size() > 1 && (text.back() == '.' || text.back() == '!' || text.back() == '?') &&
           !text.ends_with("..") && words_in(text) > 0;
}

bool begins_large(std::string_view field) {
    const auto text = base::trim(field);
    return !text.empty() && std::isupper(static_cast<unsigned char>(text.front())) != 0;
}

// Commas inside of brackets part nothing, where the brackets close again.
std::vector<std::string_view> fields_of(std::string_view line) {
    const auto split_at = [&](bool brackets) {
        std::vector<std::string_view> fields;
        std::size_t begin = 0;
        int depth = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool escaped = i > 0 && line[i - 1] == '\\';
            if (brackets && !escaped && (line[i] == '(' || line[i] == '[')) ++depth;
            if (brackets && !escaped && (line[i] == ')' || line[i] == ']')) --depth;
            if (line[i] != ',' || depth > 0) continue;
            fields.push_back(line.substr(begin, i - begin));
            begin = i + 1;
        }
        fields.push_back(line.substr(begin));
        return std::pair{fields, depth == 0};
    };
    auto [fields, closed] = split_at(true);
    return closed ? fields : split_at(false).first;
}

// Where the sentence that ends with field `last` begins; `last + 1` when that is no sentence.
std::size_t begin_of_sentence(const std::vector<std::string_view>& fields, std::size_t least,
                              std::size_t last) {
    std::size_t words = 0;
    for (auto i = last + 1; i-- > least;) {
        words += words_in(fields[i]);
        if (begins_large(fields[i]) && words >= 3) return i;
    }
    return words_in(fields[last]) >= 4 ? last : last + 1;
}

}  // namespace

std::vector<CaptionPart> caption_parts(std::string_view line) {
    const auto fields = fields_of(line);
    // Of each field: whether it goes on with the one before.
    std::vector<char> joined(fields.size(), 0), sentence(fields.size(), 0);
    std::size_t least = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (words_in(fields[i]) >= kWordsOfASentence) sentence[i] = 1;
        if (!ends_a_sentence(fields[i])) continue;
        const auto begin = begin_of_sentence(fields, least, i);
        for (auto k = begin; k <= i; ++k) {
            sentence[k] = 1;
            joined[k] = k > begin ? 1 : 0;
        }
        least = i + 1;
    }
    std::vector<CaptionPart> parts;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        auto end = i;
        while (end + 1 < fields.size() && joined[end + 1] != 0) ++end;
        const std::string_view whole(
            fields[i].data(),
            static_cast<std::size_t>(fields[end].data() + fields[end].size() - fields[i].data()));
        if (const auto text = base::trim(whole); !text.empty())
            parts.push_back({std::string(text), sentence[i] != 0});
        i = end;
    }
    return parts;
}

CaptionText::CaptionText(std::string_view bytes, const std::string& name) {
    data::parse_caption(bytes, name);  // complains of what is no text
    const auto converted = data::utf16_as_utf8(bytes);
    if (converted) {
        utf16_ = bytes;
        text_as_read_ = bytes = *converted;
    }
    has_mark_ = bytes.starts_with(kByteOrderMark);
    if (has_mark_) bytes.remove_prefix(kByteOrderMark.size());
    do {
        CaptionLine line;
        const auto at = std::min(bytes.find_first_of("\r\n"), bytes.size());
        line.raw = bytes.substr(0, at);
        bytes.remove_prefix(at);
        const std::size_t end = bytes.starts_with("\r\n") ? 2 : bytes.empty() ? 0 : 1;
        line.end = bytes.substr(0, end);
        bytes.remove_prefix(end);
        line.parts = line.parts_as_read = caption_parts(line.raw);
        lines.push_back(std::move(line));
    } while (!bytes.empty());
}

std::string_view CaptionText::mark() const { return has_mark_ ? kByteOrderMark : std::string_view(); }

CaptionLine& CaptionText::line_with_text() {
    const auto at =
        std::find_if(lines.begin(), lines.end(), [](const CaptionLine& line) { return !line.is_blank(); });
    return at == lines.end() ? lines.front() : *at;
}

std::optional<std::string> caption_bytes(const base::Path& folder, const std::string& file) {
    const auto place = folder / file;
    if (std::error_code none; std::filesystem::is_symlink(place, none))
        base::fail(base::ErrorCode::Unsupported, "It is a link to another file, and stays as it is.",
                   "Change the captions where that file lies.");
    if (!base::is_file(place)) return std::nullopt;
    return base::read_text(place);
}

std::string CaptionText::bytes() const {
    auto now = text();
    return is_utf16() && now == text_as_read_ ? utf16_ : now;
}

std::string CaptionText::text() const {
    std::string text(mark());
    for (const auto& line : lines) {
        if (line.parts == line.parts_as_read) {
            text += line.raw;
        } else {
            for (std::size_t i = 0; i < line.parts.size(); ++i)
                text += (i > 0 ? ", " : "") + line.parts[i].text;
        }
        text += line.end;
    }
    return text;
}

}  // namespace lorikeet::studio
