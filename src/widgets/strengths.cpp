#include "widgets/strengths.hpp"

#include <cmath>

#include "settings/assign.hpp"

namespace lorikeet::widgets {

std::optional<std::vector<double>> strengths_from(std::string_view text) {
    const auto parts = settings::split_typed_numbers(text);
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

}  // namespace lorikeet::widgets
