#include "models/unicode.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/unicode_tables.hpp"

namespace lorikeet::models::unicode {

namespace {

using Table = std::span<const std::uint32_t>;

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kCapitalIWithDot = 0x130;
constexpr char32_t kDotAbove = 0x307;

// Hangul syllables are composed by arithmetic: leading consonant, vowel, trailing consonant.
constexpr char32_t kSyllables = 0xAC00, kLeads = 0x1100, kVowels = 0x1161, kTrails = 0x11A7;
constexpr char32_t kLeadCount = 19, kVowelCount = 21, kTrailCount = 28;
constexpr char32_t kSyllableCount = kLeadCount * kVowelCount * kTrailCount;

// The row whose first..last holds the point, or null. Rows of `width` numbers, ascending.
const std::uint32_t* row_of(Table table, std::size_t width, char32_t point) {
    std::size_t low = 0;
    std::size_t high = table.size() / width;
    while (low < high) {
        const auto middle = (low + high) / 2;
        if (table[middle * width + 1] < point) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low * width == table.size() || table[low * width] > point) return nullptr;
    return &table[low * width];
}

std::uint32_t class_of(char32_t point) {
    const auto* row = point < 0x300 ? nullptr : row_of(kMarks, 3, point);
    return row ? row[2] : 0;
}

struct Composition {
    std::unordered_map<char32_t, std::pair<char32_t, char32_t>> parts;  // second 0: stands for one other
    std::map<std::pair<char32_t, char32_t>, char32_t> whole;
};

Composition read_tables() {
    Composition read;
    for (const auto& [table, composes] : {std::pair(kComposed, true), std::pair(kApartOnly, false)}) {
        for (std::size_t i = 0; i < table.size(); i += 3) {
            const std::pair<char32_t, char32_t> parts(table[i + 1], table[i + 2]);
            read.parts[table[i]] = parts;
            if (composes) read.whole[parts] = table[i];
        }
    }
    for (std::size_t i = 0; i < kSingles.size(); i += 2 + kSingles[i + 1]) {
        for (std::uint32_t j = 0; j < kSingles[i + 1]; ++j)
            read.parts[kSingles[i] + j] = {kSingles[i + 2 + j], 0};
    }
    return read;
}

const Composition& composition() {
    static const Composition read = read_tables();
    return read;
}

void append_apart(char32_t point, std::u32string& out) {
    if (point >= kSyllables && point < kSyllables + kSyllableCount) {
        const auto index = point - kSyllables;
        out += kLeads + index / (kVowelCount * kTrailCount);
        out += kVowels + index / kTrailCount % kVowelCount;
        if (index % kTrailCount != 0) out += kTrails + index % kTrailCount;
        return;
    }
    const auto found = composition().parts.find(point);
    if (found == composition().parts.end()) {
        out += point;
        return;
    }
    append_apart(found->second.first, out);
    if (found->second.second != 0) append_apart(found->second.second, out);
}

// 0 when the two do not make one.
char32_t together(char32_t first, char32_t second) {
    if (first - kLeads < kLeadCount && second - kVowels < kVowelCount) {
        return kSyllables + ((first - kLeads) * kVowelCount + (second - kVowels)) * kTrailCount;
    }
    const bool open = first - kSyllables < kSyllableCount && (first - kSyllables) % kTrailCount == 0;
    if (open && second > kTrails && second < kTrails + kTrailCount) return first + (second - kTrails);
    const auto found = composition().whole.find({first, second});
    return found == composition().whole.end() ? 0 : found->second;
}

// Marks on one base in the order of their classes.
void sort_marks(std::u32string& points) {
    for (auto begin = points.begin(); begin != points.end();) {
        if (class_of(*begin) == 0) {
            ++begin;
            continue;
        }
        const auto end =
            std::find_if(begin, points.end(), [](char32_t point) { return class_of(point) == 0; });
        std::stable_sort(begin, end, [](char32_t a, char32_t b) { return class_of(a) < class_of(b); });
        begin = end;
    }
}

// How many bytes the sequence that starts with `lead` has; 0 when none starts so.
std::size_t length_of(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

// The point at the front and its length in bytes; what is no UTF-8 is U+FFFD, one byte long.
std::pair<char32_t, std::size_t> front_of(std::string_view utf8) {
    const auto lead = static_cast<unsigned char>(utf8.front());
    const auto length = length_of(lead);
    if (length == 1) return {lead, 1};
    if (length == 0 || length > utf8.size()) return {kReplacement, 1};
    char32_t point = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if ((byte & 0xC0U) != 0x80U) return {kReplacement, 1};
        point = (point << 6U) | (byte & 0x3FU);
    }
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point < 0xE000;
    if (point < kSmallest[length] || point > 0x10FFFF || surrogate) return {kReplacement, 1};
    return {point, length};
}

}  // namespace

bool is_in(Table ranges, char32_t point) { return row_of(ranges, 2, point) != nullptr; }

CharacterKind kind_of(char32_t point) {
    if (row_of(kLetters, 2, point)) return CharacterKind::Letter;
    if (row_of(kNumbers, 2, point)) return CharacterKind::Number;
    return row_of(kSpaces, 2, point) ? CharacterKind::Space : CharacterKind::Other;
}

std::u32string to_points(std::string_view utf8) {
    std::u32string points;
    points.reserve(utf8.size());
    while (!utf8.empty()) {
        const auto [point, length] = front_of(utf8);
        points += point;
        utf8.remove_prefix(length);
    }
    return points;
}

std::string to_utf8(std::u32string_view points) {
    std::string utf8;
    const auto add = [&](char32_t byte) { utf8 += static_cast<char>(static_cast<unsigned char>(byte)); };
    const auto tail = [&](char32_t point, unsigned shift) { add(0x80U | ((point >> shift) & 0x3FU)); };
    for (const auto point : points) {
        if (point < 0x80) {
            add(point);
        } else if (point < 0x800) {
            add(0xC0U | (point >> 6U));
            tail(point, 0);
        } else if (point < 0x10000) {
            add(0xE0U | (point >> 12U));
            tail(point, 6);
            tail(point, 0);
        } else {
            add(0xF0U | (point >> 18U));
            tail(point, 12);
            tail(point, 6);
            tail(point, 0);
        }
    }
    return utf8;
}

std::u32string to_composed(std::u32string_view points) {
    std::u32string apart;
    apart.reserve(points.size());
    for (const auto point : points) append_apart(point, apart);
    sort_marks(apart);

    std::u32string out;
    std::size_t base = std::u32string::npos;  // where in `out` the last base stands
    std::uint32_t last_class = 0;  // of what follows it there; a mark of no higher class is cut off
    for (const auto point : apart) {
        const auto mark = class_of(point);
        const bool adjacent = base != std::u32string::npos && out.size() == base + 1;
        if (base != std::u32string::npos && (adjacent || last_class < mark)) {
            if (const auto whole = together(out[base], point); whole != 0) {
                out[base] = whole;
                continue;
            }
        }
        if (mark == 0) base = out.size();
        last_class = mark;
        out += point;
    }
    return out;
}

std::u32string to_lower(std::u32string_view points) {
    std::u32string lower;
    lower.reserve(points.size());
    for (const auto point : points) {
        if (point == kCapitalIWithDot) {
            lower += {U'i', kDotAbove};
            continue;
        }
        const auto* row = row_of(kLower, 4, point);
        lower += row && (point - row[0]) % row[2] == 0 ? point + row[3] : point;
    }
    return lower;
}

}  // namespace lorikeet::models::unicode
