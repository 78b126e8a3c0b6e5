#include "widgets/strengths.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/assign.hpp"

namespace lorikeet::widgets {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_separator(char c) { return c == ',' || c == ';'; }
bool begins_strength(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '+';
}

// "1 2" with a mark between, and without one at the end.
std::string with_marks(std::string_view text) {
    auto rest = base::trim(text);
    while (!rest.empty() && (is_separator(rest.back()) || is_blank(rest.back()))) rest.remove_suffix(1);
    std::string marked;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const bool parts = is_blank(rest[i]) && i > 0 && !is_separator(rest[i - 1]) &&
                           !is_blank(rest[i - 1]) && i + 1 < rest.size() && begins_strength(rest[i + 1]);
        if (parts) marked += ';';
        marked += rest[i];
    }
    return marked;
}

}  // namespace

std::optional<std::vector<double>> strengths_from(std::string_view text) {
    const auto parts = settings::split_typed_numbers(with_marks(text));
    if (!parts) return {};
    std::vector<double> strengths;
    for (const auto& part : *parts) {
        const auto number = settings::number_typed(part);
        if (!number || !std::isfinite(*number) || std::abs(*number) > 10) return {};
        strengths.push_back(*number);
    }
    if (strengths.empty() || strengths.size() > kMostStrengths) return {};
    return strengths;
}

std::string trouble_with_strengths(std::string_view text) {
    if (strengths_from(text)) return {};
    const auto marked = with_marks(text);
    if (!settings::split_typed_numbers(marked)) {
        if (std::count(marked.begin(), marked.end(), ',') == 1)
            return fmt::format("{} can mean two things. Write {}, or {}.", marked,
                               base::replace_all(marked, ",", "."), base::replace_all(marked, ",", ", "));
        return fmt::format("{} can mean two things. Write {}, or decimals with a point.", marked,
                           base::replace_all(marked, ",", ", "));
    }
    return fmt::format(
        "Write numbers from \u221210 to 10, at most {}, with a comma and a blank between: 0, 0.5, 1",
        kMostStrengths);
}

}  // namespace lorikeet::widgets
