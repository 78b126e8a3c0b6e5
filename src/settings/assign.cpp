#include "settings/assign.hpp"

#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/text.hpp"
#include "settings/check.hpp"
#include "settings/mismatch.hpp"
#include "settings/unknown.hpp"

namespace lorikeet::settings {

namespace {

template <class T>
std::optional<T> number_of(std::string_view text) {
    text = base::trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
    return number;
}

// One number, flag or text as it is typed, without quotes.
Value one_of(Kind kind, std::string_view text) {
    if (kind == Kind::Flag) {
        const auto word = base::to_lower(base::trim(text));
        if (word == "true" || word == "on" || word == "yes") return Value(true);
        if (word == "false" || word == "off" || word == "no") return Value(false);
    } else if (kind == Kind::Whole || kind == Kind::Number) {
        if (const auto whole = number_of<std::int64_t>(text)) return Value(*whole);
        if (const auto number = number_typed(text)) return Value(*number);
    }
    return Value(std::string(text));
}

std::optional<std::vector<std::string>> bracketed(const std::string& text) {
    try {
        const auto table = toml::parse("list = " + text);
        const auto* array = table["list"].as_array();
        if (table.size() != 1 || array == nullptr) return {};
        std::vector<std::string> parts;
        for (const auto& node : *array) {
            const auto word = node.value_exact<std::string>();
            const auto number = node.value<double>();
            if (!word && !number) return {};
            parts.push_back(
                word ? *word
                     : to_text(node.is_integer() ? Value(*node.value<std::int64_t>()) : Value(*number)));
        }
        return parts;
    } catch (const toml::parse_error&) {
        return {};
    }
}

// "512, 768" or "[512, 768]"; nothing when it is neither.
std::optional<std::vector<std::string>> parts_of(Kind kind, const std::string& text) {
    const auto trimmed = std::string(base::trim(text));
    if (trimmed.empty()) return std::vector<std::string>{};
    if (trimmed.front() == '[') return bracketed(trimmed);
    if (kind == Kind::Numbers) return split_typed_numbers(trimmed);
    const auto list = kind == Kind::Wholes ? base::replace_all(trimmed, ";", ",") : trimmed;
    std::vector<std::string> parts;
    for (const auto& part : base::split(list, ",")) parts.emplace_back(base::trim(part));
    return parts;
}

template <class T>
Value list_from(const std::vector<std::string>& parts, Kind kind, const std::string& text) {
    std::vector<T> list;
    for (const auto& part : parts) {
        T one{};
        if (!take(one_of(kind, part), one)) return Value(text);
        list.push_back(std::move(one));
    }
    return Value(std::move(list));
}

Value value_from(const Field& field, const std::string& text) {
    const auto kind = field.type->kind;
    if (field.type->optional && base::trim(text) == "unset") return {};
    if (kind != Kind::Wholes && kind != Kind::Numbers && kind != Kind::Texts) return one_of(kind, text);
    const auto parts = parts_of(kind, text);
    if (!parts) return Value(text);
    if (kind == Kind::Wholes) return list_from<std::int64_t>(*parts, Kind::Whole, text);
    if (kind == Kind::Numbers) return list_from<double>(*parts, Kind::Number, text);
    return list_from<std::string>(*parts, Kind::Text, text);
}

// The way to a setting: through sections, and through elements of lists, of which one may be new.
struct Way {
    const Schema* root = nullptr;
    const Schema* table = nullptr;
    char* object = nullptr;
    const Field* field = nullptr;
    std::string section;           // as a file heads it
    const Field* grown = nullptr;  // the list that got a new element
    char* grown_at = nullptr;
};

base::Problem unknown(std::string_view path, const Way& way, std::string_view key) {
    return {std::string(path), "is not a setting.", hint_for_unknown(*way.root, way.section, key)};
}

std::optional<base::Problem> step_into_element(Way& way, std::string_view path, const std::string& key) {
    char* list = way.object + way.field->offset;
    const auto size = way.field->type->size(list);
    const auto index = number_of<std::uint32_t>(key);
    if (!index || *index > size)
        return base::Problem{std::string(path),
                             fmt::format("{} has {}; {} is none of them.", way.section,
                                         base::counted(size, "element"), to_text(Value(key))),
                             size == 0
                                 ? fmt::format("Begin with {}.0.", way.section)
                                 : fmt::format("They count from 0 to {}; {} adds one.", size - 1, size)};
    if (*index == size) {
        way.field->type->resize(list, size + 1);
        way.grown = way.field;
        way.grown_at = list;
    }
    way.object = static_cast<char*>(way.field->type->item(list, *index));
    return {};
}

std::optional<base::Problem> go(Way& way, std::string_view path) {
    for (const auto& key : base::split(path, ".")) {
        if (way.field != nullptr && way.field->type->kind == Kind::Sections) {
            if (auto problem = step_into_element(way, path, key)) return problem;
            way.field = nullptr;
            continue;
        }
        if (way.field != nullptr) {
            if (!way.field->is_section()) return unknown(path, way, key);
            way.object += way.field->offset;
        }
        const auto* next = way.table->find(key);
        if (next == nullptr) return unknown(path, way, key);
        way.field = next;
        if (next->is_section()) {
            way.table = &next->type->schema();
            way.section = join_path(way.section, key);
        }
    }
    if (way.field != nullptr && !way.field->is_section()) return {};
    std::vector<std::string> keys;
    for (const auto& inner : way.table->fields) keys.emplace_back(inner.key);
    return base::Problem{std::string(path), "is a section, not a setting.",
                         fmt::format("It has: {}.", base::join(keys, ", "))};
}

// "1.000" may be a thousand to the one who typed it: groups of three digits behind points. 0 where it is not that.
std::int64_t grouped_thousands(std::string_view text) {
    text = base::trim(text);
    const auto groups = base::split(text, ".");
    if (groups.size() < 2 || groups.front().empty() || groups.front().size() > 3) return 0;
    std::string digits;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i > 0 && groups[i].size() != 3) return 0;
        digits += groups[i];
    }
    const auto number = number_of<std::int64_t>(digits);
    return number && digits.front() != '0' ? *number : 0;
}

std::string or_without_decimals(const Value& value) {
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || *number != std::floor(*number)) return {};
    return fmt::format(", or {:.0f}", *number);
}

std::optional<base::Problem> set_at(const Way& way, const std::string& path, const std::string& text) {
    const auto value = value_from(*way.field, text);
    char* at = way.object + way.field->offset;
    const auto before = way.field->type->get(at);
    std::optional<WrongSetting> wrong;
    if (!way.field->type->set(at, value)) {
        wrong = mismatch(*way.table, *way.field, path, say_value(value), value);
        if (const auto number = grouped_thousands(text); number > 0 && way.field->type->kind == Kind::Whole)
            wrong->hint = fmt::format("Write {} for thousands{}.", number, or_without_decimals(value));
    } else {
        wrong = complaint(*way.field, path, way.field->type->get(at));
    }
    if (!wrong) return {};
    way.field->type->set(at, before);
    return base::Problem{path, wrong->what, wrong->hint};
}

bool is_digit(std::string_view text, std::size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
}

// A comma between two digits, as in "0,5".
bool is_inner_comma(std::string_view text, std::size_t at) {
    return text[at] == ',' && at > 0 && is_digit(text, at - 1) && is_digit(text, at + 1);
}

}  // namespace

std::optional<double> number_typed(std::string_view text) {
    if (const auto number = number_of<double>(text)) return number;
    std::string point(base::trim(text));
    const auto comma = point.find(',');
    if (comma == std::string::npos || !is_inner_comma(point, comma) ||
        point.find_first_of(",.", comma + 1) != std::string::npos || point.find('.') != std::string::npos)
        return {};
    // "1,200" may be a thousand and two hundred; "0,005" may not.
    std::size_t digits = 0;
    while (is_digit(point, comma + 1 + digits)) ++digits;
    const auto whole = std::string_view(point).substr(0, comma);
    if (digits == 3 && whole.find_first_of("123456789") != std::string_view::npos) return {};
    point[comma] = '.';
    return number_of<double>(point);
}

std::optional<std::vector<std::string>> split_typed_numbers(std::string_view text) {
    // Where something else than a comma without a blank parts them, such a comma is a decimal one: "0,5; 1" "0,5, 1".
    const bool point = text.find('.') != std::string_view::npos;
    bool other = text.find(';') != std::string_view::npos;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) other = other || (text[i] == ',' && text[i + 1] == ' ');
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool decimal = !point && is_inner_comma(text, i);
        if (decimal && !other) return {};
        if ((text[i] == ',' && !decimal) || text[i] == ';')
            parts.emplace_back();
        else
            parts.back() += text[i];
    }
    for (auto& part : parts) part = std::string(base::trim(part));
    return parts;
}

std::optional<base::Problem> apply(Job& job, std::string_view path, std::string_view text) {
    return apply(schema<Job>(), &job, path, text);
}

std::optional<base::Problem> apply(const Schema& root, void* object, std::string_view path,
                                   std::string_view text) {
    Way way;
    way.root = way.table = &root;
    way.object = static_cast<char*>(object);
    auto problem = go(way, path);
    if (!problem) problem = set_at(way, std::string(path), std::string(text));
    if (problem && way.grown != nullptr)
        way.grown->type->resize(way.grown_at, way.grown->type->size(way.grown_at) - 1);
    return problem;
}

}  // namespace lorikeet::settings
