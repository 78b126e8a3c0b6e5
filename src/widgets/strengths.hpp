// The strengths of a LoRA as a person types them into one field.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::widgets {

constexpr std::size_t kMostStrengths = 12;

// "0, 0.5, 1" as numbers; a decimal comma is understood where blanks or semicolons part the numbers ("0,5; 1"). Nothing
// when one of them is no strength, there are none or too many, or a comma could be either ("0,5").
// Blanks part numbers too ("0 0.5 1"), and a comma at the end is none.
std::optional<std::vector<double>> strengths_from(std::string_view text);

// Why a text is not that, with what to write: a sentence; empty when it is.
std::string trouble_with_strengths(std::string_view text);

}  // namespace lorikeet::widgets
