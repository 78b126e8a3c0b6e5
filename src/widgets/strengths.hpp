// The strengths of a LoRA as a person types them into one field.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace lorikeet::widgets {

constexpr std::size_t kMostStrengths = 12;

// "0, 0.5, 1" as numbers; a decimal comma is understood where blanks or semicolons part the numbers ("0,5; 1"). Nothing
// when one of them is no strength, there are none or too many, or a comma could be either ("0,5").
std::optional<std::vector<double>> strengths_from(std::string_view text);

}  // namespace lorikeet::widgets
