#include "widgets/strengths.hpp"

#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace lorikeet::widgets {

namespace {

std::vector<std::string> with_points(std::vector<std::string> numbers) {
    for (auto& number : numbers) number = base::replace_all(std::move(number), ",", ".");
    return numbers;
}

// Nothing: a comma could part two numbers or be a decimal one.
std::optional<std::vector<std::string>> parted(std::string_view text) {
    const auto has = [&](char letter) { return text.find(letter) != std::string_view::npos; };
    if (has(';')) return with_points(base::split(text, ";"));
    if (has('.') || !has(',')) return base::split(text, ",");
    const std::string inner(base::trim(text));
    if (inner.find(' ') == std::string::npos) return std::nullopt;
    return with_points(base::split(base::replace_all(inner, ", ", ";"), ";"));
}

}  // namespace

std::optional<std::vector<double>> strengths_from(std::string_view text) {
    const auto parts = parted(text);
    if (!parts) return {};
    std::vector<double> strengths;
    for (const auto& part : *parts) {
        const auto word = base::trim(part);
        double number = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (word.empty() || error != std::errc() || end != word.data() + word.size()) return {};
        if (!std::isfinite(number) || std::abs(number) > 10) return {};
        strengths.push_back(number);
    }
    if (strengths.empty() || strengths.size() > kMostStrengths) return {};
    return strengths;
}

}  // namespace lorikeet::widgets
