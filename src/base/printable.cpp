#include "base/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/text.hpp"

namespace lorikeet::base {

namespace {

// One character, or one byte that begins none.
struct Character {
    std::uint32_t point = 0;
    std::size_t bytes = 1;
    bool is_utf8 = true;
};

Character first_of(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return {first, 1, true};
    const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (bytes > text.size() || !is_utf8(text.substr(0, bytes))) return {first, 1, false};
    std::uint32_t point = first & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i)
        point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {point, bytes, true};
}

bool turns_direction(std::uint32_t point) {
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool is_control(std::uint32_t point) { return point < 0x20 || (point >= 0x7F && point <= 0x9F); }

bool is_separator(std::uint32_t point) { return point == 0x2028 || point == 0x2029; }

std::string escaped(const Character& character) {
    switch (character.is_utf8 ? character.point : 0) {
        case '\n': return "\\n";
        case '\r': return "\\r";
        case '\t': return "\\t";
        default: break;
    }
    return character.point > 0xFF ? fmt::format("\\u{:04x}", character.point)
                                  : fmt::format("\\x{:02x}", character.point);
}

struct PointRange {
    std::uint32_t first, last;
};

template <std::size_t N>
bool is_in(const std::array<PointRange, N>& ranges, std::uint32_t point) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const auto& range) { return point >= range.first && point <= range.last; });
}

// Unicode's Default_Ignorable_Code_Point, and what else has no width and no ink.
constexpr std::array<PointRange, 16> kInvisiblePoints{{{0x00AD, 0x00AD},
                                                       {0x034F, 0x034F},
                                                       {0x061C, 0x061C},
                                                       {0x115F, 0x1160},
                                                       {0x17B4, 0x17B5},
                                                       {0x180B, 0x180F},
                                                       {0x200B, 0x200F},
                                                       {0x202A, 0x202E},
                                                       {0x2060, 0x206F},
                                                       {0x3164, 0x3164},
                                                       {0xFE00, 0xFE0F},
                                                       {0xFEFF, 0xFEFF},
                                                       {0xFFA0, 0xFFA0},
                                                       {0xFFF0, 0xFFFB},
                                                       {0x1D173, 0x1D17A},
                                                       {0xE0000, 0xE0FFF}}};

constexpr std::array<PointRange, 9> kBlankPoints{{{0x0020, 0x0020},
                                                  {0x00A0, 0x00A0},
                                                  {0x1680, 0x1680},
                                                  {0x2000, 0x200A},
                                                  {0x2028, 0x2029},
                                                  {0x202F, 0x202F},
                                                  {0x205F, 0x205F},
                                                  {0x2800, 0x2800},
                                                  {0x3000, 0x3000}}};

bool is_invisible(const Character& one) { return one.is_utf8 && is_in(kInvisiblePoints, one.point); }

}  // namespace

std::string printable(std::string_view text, LineBreaks breaks) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto one = first_of(text);
        const bool kept = one.is_utf8 && (!(is_control(one.point) || is_separator(one.point) ||
                                            turns_direction(one.point)) ||
                                          (one.point == '\n' && breaks == LineBreaks::Keep));
        if (kept)
            result += text.substr(0, one.bytes);
        else
            result += escaped(one);
        text.remove_prefix(one.bytes);
    }
    return result;
}

std::string printable_start(std::string_view text, std::size_t most) {
    std::size_t at = 0;
    for (std::size_t count = 0; at < text.size() && count < most; ++count)
        at += first_of(text.substr(at)).bytes;
    return printable(text.substr(0, at)) + (at < text.size() ? "..." : "");
}

std::string without_invisible(std::string_view text) {
    std::string seen;
    while (!text.empty()) {
        const auto one = first_of(text);
        if (!is_invisible(one)) seen += text.substr(0, one.bytes);
        text.remove_prefix(one.bytes);
    }
    return seen;
}

bool is_visible(std::string_view text) {
    while (!text.empty()) {
        const auto one = first_of(text);
        const bool blank = one.is_utf8 && (is_control(one.point) || is_in(kBlankPoints, one.point));
        if (!blank && !is_invisible(one)) return true;
        text.remove_prefix(one.bytes);
    }
    return false;
}

}  // namespace lorikeet::base
