#include "models/text_cleaning.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "models/cleaning_tables.hpp"
#include "models/unicode.hpp"
#include "models/unicode_tables.hpp"

namespace lorikeet::models {
namespace {

using Text = std::u32string;
using View = std::u32string_view;

constexpr std::size_t kLongestLine = 1'000'000;  // longer ones are cleaned in pieces
constexpr char32_t kUnknownLetter = 0xFFFD;

// Windows-1252 where it is not Latin-1: 0x80 to 0x9F. Five of them mean nothing there.
constexpr char32_t kWindows[] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                 0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

bool is_c1(char32_t point) { return point >= 0x80 && point < 0xA0; }
bool is_digit(char32_t point) { return point >= U'0' && point <= U'9'; }
bool is_letter(char32_t point) {
    return (point >= U'a' && point <= U'z') || (point >= U'A' && point <= U'Z');
}

std::string capitals(std::string_view name) {
    std::string upper(name);
    for (auto& letter : upper)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return upper;
}

char32_t hex_of(std::string_view digits) {
    std::uint32_t point = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
    return point;
}

using Entities = std::unordered_map<std::string, Text>;

Entities read_entities() {
    Entities read;
    std::string_view rest = kHtmlEntities;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(word.size() + 1);
        auto name = word.substr(0, word.find('='));
        auto digits = word.substr(name.size() + 1);
        Text text;
        while (!digits.empty()) {
            const auto one = digits.substr(0, digits.find('+'));
            text += hex_of(one);
            digits.remove_prefix(std::min(digits.size(), one.size() + 1));
        }
        if (name.ends_with('^')) {
            name.remove_suffix(1);
            read[capitals(name)] = text;
        }
        read[std::string(name)] = std::move(text);
    }
    return read;
}

const Text* entity_named(View name) {
    static const Entities read = read_entities();
    const auto found = read.find(unicode::to_utf8(name));
    return found == read.end() ? nullptr : &found->second;
}

bool means_nothing(std::uint32_t point) {
    return (point < 0x20 && point != 0x9 && point != 0xA && point != 0xC) || point == 0x7F ||
           (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFEU) == 0xFFFE;
}

// What "&#38;" or "&#x26;" stands for by HTML's rules; nothing where it is no number. "&#59;" stays: a semicolon would look
// as if something were left over.
std::optional<Text> numbered(View digits) {
    const bool hex = !digits.empty() && (digits.front() == U'x' || digits.front() == U'X');
    if (hex) digits.remove_prefix(1);
    if (digits.empty()) return std::nullopt;
    constexpr std::uint32_t kBeyond = 0x110000;
    std::uint32_t point = 0;
    for (const auto digit : digits) {
        std::uint32_t value = 0;
        if (is_digit(digit)) {
            value = digit - U'0';
        } else if (hex && is_letter(digit) && (digit | 0x20U) <= U'f') {
            value = (digit | 0x20U) - U'a' + 10;
        } else {
            return std::nullopt;
        }
        point = std::min(point * (hex ? 16 : 10) + value, kBeyond);
    }
    if (point == U';') return std::nullopt;
    if (point == 0 || point >= kBeyond || (point >= 0xD800 && point < 0xE000)) return Text{kUnknownLetter};
    if (point == 0xD) return Text{U'\r'};
    if (is_c1(point)) return Text{kWindows[point - 0x80]};
    return means_nothing(point) ? Text() : Text{static_cast<char32_t>(point)};
}

struct Entity {
    Text meant;
    std::size_t end = 0;  // behind its semicolon
};

// "&name;", "&#38;" and "&#x26;" of up to 24 letters and digits, where text[begin] is the &.
std::optional<Entity> entity_at(View text, std::size_t begin) {
    constexpr std::size_t kLongestName = 24;
    const bool number = begin + 1 < text.size() && text[begin + 1] == U'#';
    const auto first = begin + (number ? 2 : 1);
    auto end = first;
    while (end < text.size() && end - first < kLongestName && (is_letter(text[end]) || is_digit(text[end])))
        ++end;
    if (end == first || end >= text.size() || text[end] != U';') return std::nullopt;
    const auto name = text.substr(first, end - first);
    if (number) {
        auto meant = numbered(name);
        return meant ? std::optional(Entity{std::move(*meant), end + 1}) : std::nullopt;
    }
    const auto* entity = entity_named(name);
    return entity ? std::optional(Entity{*entity, end + 1}) : std::nullopt;
}

Text decode_entities(View text) {
    Text rest(text), decoded;
    for (std::size_t at = 0; at < rest.size();) {
        const auto entity = rest[at] == U'&' ? entity_at(rest, at) : std::nullopt;
        if (!entity) {
            decoded += rest[at++];
        } else if (entity->meant == U"&") {
            at = entity->end - 1;  // it may begin another: "&amp;amp;"
            rest[at] = U'&';
        } else {
            decoded += entity->meant;
            at = entity->end;
        }
    }
    return decoded;
}

template <class Change>
Text each_point(View text, const Change& change) {
    Text changed;
    changed.reserve(text.size());
    for (const auto point : text) change(point, changed);
    return changed;
}

Text read_c1_as_windows(View text) {
    return each_point(
        text, [](char32_t point, Text& out) { out += is_c1(point) ? kWindows[point - 0x80] : point; });
}

using Replacements = std::unordered_map<char32_t, Text>;

Replacements read_replacements(std::span<const std::uint32_t> table) {
    Replacements read;
    for (std::size_t i = 0; i < table.size(); i += 2 + table[i + 1])
        for (std::uint32_t j = 0; j < table[i + 1]; ++j) read[table[i]] += table[i + 2 + j];
    return read;
}

Text replace_points(View text, const Replacements& replacements) {
    return each_point(text, [&](char32_t point, Text& out) {
        const auto found = point < 0x80 ? replacements.end() : replacements.find(point);
        if (found == replacements.end())
            out += point;
        else
            out += found->second;
    });
}

Text part_ligatures(View text) {
    static const auto kParts = read_replacements(kLigatures);
    return replace_points(text, kParts);
}

Text make_widths_plain(View text) {
    static const auto kPlain = read_replacements(kWidths);
    return replace_points(text, kPlain);
}

Text straighten_quotes(View text) {
    return each_point(text, [](char32_t point, Text& out) {
        const bool one = point == 0x2BC || (point >= 0x2018 && point <= 0x201B);
        const bool two = point >= 0x201C && point <= 0x201F;
        out += one ? U'\'' : two ? U'"' : point;
    });
}

// Escapes of a terminal, such as ESC [ 36 m, and characters that show nothing. Line ends become plain ones.
Text drop_controls(View text) {
    Text kept;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto point = text[at];
        if (point == 0x1B && at + 1 < text.size() && text[at + 1] == U'[') {
            auto end = at + 2;
            while (end < text.size() && (is_digit(text[end]) || text[end] == U';')) ++end;
            if (end < text.size() && is_letter(text[end])) {
                at = end;
                continue;
            }
        }
        const bool shows_nothing = point < 0x9 || point == 0xB || (point >= 0xE && point < 0x20) ||
                                   point == 0x7F || (point >= 0x206A && point <= 0x206F) || point == 0xFEFF ||
                                   (point >= 0xFFF9 && point <= 0xFFFC);
        if (shows_nothing) continue;
        const bool ends_line = point == U'\r' || point == 0x2028 || point == 0x2029 || point == 0x85;
        kept += ends_line ? U'\n' : point;
    }
    return kept;
}

Text clean_line(Text text, bool has_entities, std::set<CleaningStep>& steps) {
    const auto apply = [&](CleaningStep step, Text (*change)(View)) {
        auto changed = change(text);
        if (changed != text && unicode::to_composed(changed) != unicode::to_composed(text))
            steps.insert(step);
        text = std::move(changed);
    };
    for (Text before; before != text;) {
        before = text;
        if (has_entities) apply(CleaningStep::Entities, decode_entities);
        apply(CleaningStep::ControlCharacters, read_c1_as_windows);
        apply(CleaningStep::Ligatures, part_ligatures);
        apply(CleaningStep::Widths, make_widths_plain);
        apply(CleaningStep::Quotes, straighten_quotes);
        auto plain = drop_controls(text);
        if (plain.size() != text.size()) steps.insert(CleaningStep::ControlCharacters);
        text = unicode::to_composed(plain);
    }
    return text;
}

// 0 where the letter is of no byte above 0x7F.
std::uint32_t windows_byte(char32_t point) {
    if (point >= 0x80 && point < 0x100) return point;
    const auto* found = std::find(std::begin(kWindows), std::end(kWindows), point);
    return found == std::end(kWindows) ? 0 : static_cast<std::uint32_t>(0x80 + (found - kWindows));
}

// How many letters at the front are one of UTF-8, byte by byte; 0: none.
std::size_t misread_length(View text) {
    if (text.empty()) return 0;
    const auto lead = windows_byte(text[0]);
    if (lead != text[0] || lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = windows_byte(text[i]);
        if (byte < 0x80 || byte > 0xBF) return 0;
    }
    return length;
}

// Quotes and dashes follow such a letter in sound text too.
bool is_punctuation(char32_t point) { return point >= 0x2013 && point <= 0x201D; }

bool is_cased(char32_t point) { return unicode::is_in(kCased, point); }
bool is_between_cased(char32_t point) { return unicode::is_in(kBetweenCased, point); }

}  // namespace

CleanText clean_text(View text) {
    CleanText clean;
    bool has_entities = true;  // until something looks like HTML itself
    while (!text.empty()) {
        const auto end = std::min(text.find(U'\n'), text.size() - 1) + 1;
        const auto line = text.substr(0, std::min(end, kLongestLine));
        has_entities = has_entities && line.find(U'<') == View::npos;
        clean.text += clean_line(Text(line), has_entities, clean.steps);
        text.remove_prefix(line.size());
    }
    return clean;
}

std::u32string to_lower_in_context(View text) {
    auto lower = unicode::to_lower(text);
    if (text.find(U'\u03A3') == View::npos) return lower;
    std::size_t at = 0;  // in `lower`, where one capital letter is two
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == U'\u03A3') {
            auto before = i, after = i + 1;
            while (before > 0 && is_between_cased(text[before - 1])) --before;
            while (after < text.size() && is_between_cased(text[after])) ++after;
            const bool ends = before > 0 && is_cased(text[before - 1]) &&
                              !(after < text.size() && is_cased(text[after]));
            lower[at] = ends ? U'\u03C2' : U'\u03C3';
        }
        at += unicode::to_lower(text.substr(i, 1)).size();
    }
    return lower;
}

bool looks_misread(View text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto length = misread_length(text.substr(at));
        if (length == 4 || (length > 0 && misread_length(text.substr(at + length)) > 0)) return true;
        const bool usual = text[at] == U'\u00C2' || text[at] == U'\u00C3';
        if (usual && length == 2 && !is_punctuation(text[at + 1])) return true;
        if (text[at] == U'\u00E2' && at + 1 < text.size() && text[at + 1] == 0x20AC) return true;
    }
    return false;
}

}  // namespace lorikeet::models
