#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.hpp"

namespace lorikeet::base {

namespace {

std::string_view without_frame(std::string_view typed) {
    auto text = trim(typed);
    const bool signed_twice = text.size() > 1 && (text[1] == '-' || text[1] == '+');
    if (text.starts_with('+') && !signed_twice) text.remove_prefix(1);
    return text;
}

// How a decimal number reads, whether or not it can be kept.
struct Decimal {
    double value = 0;
    bool is_one = false;  // the whole text is a number
    bool fits = false;
};

Decimal decimal_in(std::string_view text) {
    Decimal read;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read.value);
    const bool whole_text = !text.empty() && end == text.data() + text.size();
    read.is_one = whole_text && error != std::errc::invalid_argument;
    read.fits = read.is_one && error == std::errc();
    return read;
}

// The first digits of some of the scripts that have their own.
constexpr std::array<std::string_view, 6> kZeros{"\xD9\xA0",     "\xDB\xB0",     "\xE0\xA5\xA6",
                                                 "\xE0\xA7\xA6", "\xE0\xB9\x90", "\xEF\xBC\x90"};

// A digit of one of them lies up to nine behind its zero, in the last byte alone.
bool has_other_digits(std::string_view text) {
    return std::any_of(kZeros.begin(), kZeros.end(), [&](std::string_view zero) {
        const auto head = zero.substr(0, zero.size() - 1);
        for (auto at = text.find(head); at != std::string_view::npos; at = text.find(head, at + 1)) {
            if (at + zero.size() > text.size()) return false;
            const int distance = static_cast<unsigned char>(text[at + zero.size() - 1]) -
                                 static_cast<unsigned char>(zero.back());
            if (distance >= 0 && distance <= 9) return true;
        }
        return false;
    });
}

bool has_prefix_of_a_base(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return text.size() > 2 && text[0] == '0' &&
           std::string_view("xXbBoO").find(text[1]) != std::string_view::npos;
}

// Of what is no decimal number.
std::string trouble_with_form(std::string_view text) {
    if (has_prefix_of_a_base(text)) return "is not in decimal notation, with the digits 0 to 9";
    if (has_other_digits(text)) return "is written with other digits than 0 to 9";
    constexpr std::string_view kMinus = "\xE2\x88\x92";  // the sign of typesetters
    if (text.find(kMinus) != std::string_view::npos)
        return "has another sign in front than the - of the keyboard";
    if (const auto plain = replace_all(std::string(text), "_", ""); decimal_in(plain).is_one && plain != text)
        return fmt::format("has a _ among its digits: write {}", plain);
    return std::string(kIsNoNumber);
}

std::string trouble_with_size(std::string_view text) {
    const bool large = std::abs(std::strtod(std::string(text).c_str(), nullptr)) > 1;
    return large ? "is larger than any number that can be kept"
                 : "is nearer to zero than any number that can be kept";
}

std::string trouble_with_whole(std::string_view text, double value) {
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error == std::errc() && end == text.data() + text.size()) return {};
    constexpr double kMost = 9.2e18;
    if (std::abs(value) > kMost) return "is larger than any whole number that can be kept";
    if (value != std::floor(value)) return "is not a whole number";
    return fmt::format("is not written with digits alone: write {:.0f}", value);
}

}  // namespace

std::optional<double> try_number(std::string_view typed) {
    const auto read = decimal_in(without_frame(typed));
    return read.fits && std::isfinite(read.value) ? std::optional(read.value) : std::nullopt;
}

std::string trouble_with_number(std::string_view typed, Numeral wanted) {
    const auto text = without_frame(typed);
    const auto read = decimal_in(text);
    if (!read.is_one) return trouble_with_form(text);
    if (!read.fits) return trouble_with_size(text);
    if (!std::isfinite(read.value)) return "is not a finite number";
    return wanted == Numeral::Whole ? trouble_with_whole(text, read.value) : std::string();
}

std::optional<std::uint64_t> try_bytes(std::string_view typed) {
    const auto text = trim(typed);
    const auto end = std::min(text.find_first_not_of("0123456789.+-e"), text.size());
    const auto number = try_number(text.substr(0, end));
    auto unit = to_lower(trim(text.substr(end)));
    if (!number || *number < 0 || unit.starts_with('i')) return std::nullopt;
    const double step = unit.size() > 1 && unit[1] == 'i' ? 1024 : 1000;
    if (unit.ends_with('b')) unit.pop_back();
    if (unit.ends_with('i')) unit.pop_back();
    const std::string_view powers = "kmgtpe";
    if (unit.size() > 1 || (unit.size() == 1 && powers.find(unit) == std::string_view::npos))
        return std::nullopt;
    const auto power = unit.empty() ? 0 : static_cast<int>(powers.find(unit)) + 1;
    const auto bytes = *number * std::pow(step, power);
    if (bytes >= 18446744073709551616.0) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
}

}  // namespace lorikeet::base
