#include "settings/mismatch.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::settings {

namespace {

std::string wanted(const Field& field) {
    switch (field.type->kind) {
        case Kind::Flag: return "true or false";
        case Kind::Whole: return "a whole number";
        case Kind::Number: return "a number";
        case Kind::Text: return "a text";
        case Kind::Wholes: return "a list of whole numbers";
        case Kind::Numbers: return "a list of numbers";
        case Kind::Texts: return "a list of texts";
        case Kind::Section: return "a section";
        case Kind::Sections: return "a list of sections";
        case Kind::Choice: break;
    }
    std::string words = "one of";
    for (const auto& choice : field.type->choices()) words += fmt::format(" \"{}\"", choice.word);
    return words;
}

// A text that is a number as a whole, as the file would write it; empty when it is not.
std::string unquoted_number(const Field& field, const std::string& text) {
    const auto trimmed = std::string(base::trim(text));
    char* end = nullptr;
    const double number = std::strtod(trimmed.c_str(), &end);
    if (trimmed.empty() || *end != '\0' || !std::isfinite(number)) return {};
    if (trimmed.find_first_of("xX") != std::string::npos) return {};
    const bool whole = field.type->kind == Kind::Whole;
    if (whole && (number != std::floor(number) || std::abs(number) > 1e15)) return {};
    return whole ? fmt::format("{:.0f}", number) : trimmed;
}

std::string choice_hint(const Field& field, const std::string& word) {
    std::vector<std::string> words;
    for (const auto& choice : field.type->choices()) {
        if (!choice.kohya.empty() && choice.kohya == word)
            return fmt::format("That is sd-scripts' word; here it is \"{}\".", choice.word);
        words.emplace_back(choice.word);
    }
    if (const auto near = base::nearest(base::to_lower(word), words))
        return fmt::format("Did you mean \"{}\"?", *near);
    return {};
}

std::string hint_for(const Schema& among, const Field& field, const std::string& path, const Value& value) {
    const auto kind = field.type->kind;
    const auto* text = std::get_if<std::string>(&value);
    const auto* number = std::get_if<double>(&value);
    if (kind == Kind::Choice && text != nullptr) return choice_hint(field, *text);
    if (text != nullptr && *text == "unset") return "Only a setting that may be left open can be unset.";
    if ((kind == Kind::Whole || kind == Kind::Number) && text != nullptr) {
        const auto digits = unquoted_number(field, *text);
        if (digits.empty() && text->find(',') != std::string::npos)
            return "Write decimals with a point and thousands without a mark, as in 0.5 or 1200.";
        return digits.empty() ? "" : fmt::format("Write it without quotes: {}.", digits);
    }
    if (kind == Kind::Whole && number != nullptr && *number == std::floor(*number) &&
        std::abs(*number) < 1e15)
        return fmt::format("Write {:.0f}.", *number);
    if (kind == Kind::Flag) return "Write true or false, without quotes.";
    if (kind == Kind::Text || kind == Kind::Choice) return "Put it in quotes.";
    if (kind == Kind::Sections) return fmt::format("Begin each with a line [[{}]].", path);
    if (kind == Kind::Section) return fmt::format("Begin it with a line [{}].", path);
    if (kind == Kind::Wholes || kind == Kind::Numbers || kind == Kind::Texts) {
        const auto usual = among.default_of(field);
        return usual == Value(std::vector<std::int64_t>{})
                   ? "Write it as in [512, 768]."
                   : fmt::format("Write it as in {}.", to_text(usual));
    }
    return {};
}

}  // namespace

std::string say_value(const Value& value) {
    const auto text = to_text(value);
    if (std::holds_alternative<std::string>(value)) {
        constexpr std::size_t kMost = 80;  // bytes; a whole caption in a message helps nobody
        if (text.size() > kMost) return "a long text";
        return "text " + text;
    }
    if (std::holds_alternative<bool>(value)) return text;
    if (std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value))
        return "the number " + text;
    return text.size() > 80 ? "a long list" : "the list " + text;
}

namespace {

// Of a text that looks like a number and is none that can be kept, as in "1e400".
std::optional<std::string> trouble_with(const Field& field, const Value& value) {
    const auto kind = field.type->kind;
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || (kind != Kind::Whole && kind != Kind::Number)) return {};
    const auto trouble = base::trouble_with_number(*text);
    if (trouble.empty() || trouble == base::kIsNoNumber) return {};
    return fmt::format("{} {}", base::printable_start(base::trim(*text), 80), trouble);
}

}  // namespace

WrongSetting mismatch(const Schema& among, const Field& field, const std::string& path,
                      std::string_view found, const Value& value) {
    if (const auto trouble = trouble_with(field, value))
        return {{path}, fmt::format("wants {}; {}.", wanted(field), *trouble), ""};
    return {{path},
            fmt::format("wants {}, found {}.", wanted(field), found),
            hint_for(among, field, path, value)};
}

}  // namespace lorikeet::settings
