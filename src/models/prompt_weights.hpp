// Weights in captions and prompts: (a:1.3), (a), [a], as A1111 writes them.
//
// Source   sd-scripts at 48d368f, library/strategy_base.py, parse_prompt_attention; the rules are A1111's: (x) counts 1.1 times
//          as much, [x] 1.1 times less, (x:1.3) 1.3 times, one within another multiplies; \( \) \[ \] and \\ are the letters
//          themselves, and a lone backslash is nothing. What nothing closes counts to the end. Unlike there, (x:1.2.3), whose
//          number is none, is text in brackets, where sd-scripts stops with an error.
// Golden   tests/golden/weighted_captions.safetensors
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::models {

struct WeightedText {
    std::string text;
    double weight = 1;
    bool operator==(const WeightedText&) const = default;
};

// Neighbours of one weight are one. Never empty. Weights are finite: from -1e6 to 1e6.
std::vector<WeightedText> parse_weights(std::string_view prompt);

}  // namespace lorikeet::models
