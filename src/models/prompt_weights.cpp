#include "models/prompt_weights.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace lorikeet::models {
namespace {

constexpr double kMore = 1.1;
constexpr double kLess = 1 / 1.1;
constexpr double kMost = 1e6;  // thousands of brackets, or of digits, are no number that a network can take

// ":1.3)" at the front: the number, and the bytes that it takes.
struct Number {
    double value = 1;
    std::size_t bytes = 0;
};

std::optional<Number> number_at(std::string_view text) {
    if (!text.starts_with(':')) return std::nullopt;
    const auto close = text.find(')');
    if (close == std::string_view::npos) return std::nullopt;
    auto digits = text.substr(1, close - 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.find_first_not_of("-.0123456789") != std::string_view::npos) return std::nullopt;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
        return std::nullopt;
    return Number{value, close + 1};
}

class Parser {
  public:
    std::vector<WeightedText> parse(std::string_view rest) {
        while (!rest.empty()) rest.remove_prefix(take(rest));
        for (const auto begin : round_) multiply(begin, kMore);
        for (const auto begin : square_) multiply(begin, kLess);
        std::vector<WeightedText> merged;
        for (auto& part : parts_) {
            if (!merged.empty() && merged.back().weight == part.weight)
                merged.back().text += part.text;
            else
                merged.push_back(std::move(part));
        }
        if (merged.empty()) merged.emplace_back();
        return merged;
    }

  private:
    // The bytes at the front that were read.
    std::size_t take(std::string_view rest) {
        constexpr std::string_view kSigns = "\\()[]:";
        switch (rest.front()) {
            case '\\': {
                const bool escapes = rest.size() > 1 && std::string_view("()[]\\").find(rest[1]) != rest.npos;
                return add(escapes ? rest.substr(1, 1) : "", escapes ? 2 : 1);
            }
            case '(': round_.push_back(parts_.size()); return 1;
            case '[': square_.push_back(parts_.size()); return 1;
            case ')': return close(round_, kMore) ? 1 : add(rest.substr(0, 1), 1);
            case ']': return close(square_, kLess) ? 1 : add(rest.substr(0, 1), 1);
            case ':': {
                const auto number = number_at(rest);
                if (!number) return add(rest.substr(0, 1), 1);
                return close(round_, number->value) ? number->bytes
                                                    : add(rest.substr(0, number->bytes), number->bytes);
            }
            default: break;
        }
        const auto text = rest.substr(0, rest.find_first_of(kSigns));
        return add(text, text.size());
    }

    std::size_t add(std::string_view text, std::size_t bytes) {
        parts_.push_back({std::string(text), 1});
        return bytes;
    }

    bool close(std::vector<std::size_t>& open, double weight) {
        if (open.empty()) return false;
        multiply(open.back(), weight);
        open.pop_back();
        return true;
    }

    void multiply(std::size_t begin, double weight) {
        for (auto i = begin; i < parts_.size(); ++i)
            parts_[i].weight = std::clamp(parts_[i].weight * weight, -kMost, kMost);
    }

    std::vector<WeightedText> parts_;
    std::vector<std::size_t> round_, square_;  // where in parts_ a bracket opened
};

}  // namespace

std::vector<WeightedText> parse_weights(std::string_view prompt) { return Parser().parse(prompt); }

}  // namespace lorikeet::models
