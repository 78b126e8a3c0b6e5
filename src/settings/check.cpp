#include "settings/check.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/typed_paths.hpp"

namespace lorikeet::settings {

namespace {

using Complaint = std::optional<WrongSetting>;

Complaint found(const std::string& path, std::string what, std::string hint = {}) {
    return WrongSetting{{path}, std::move(what), std::move(hint)};
}

std::string shortest(double number) {
    const bool whole = number == std::floor(number) && std::abs(number) < 1e16;
    return whole ? fmt::format("{:.0f}", number) : fmt::format("{}", number);
}

bool outside(const Range& range, double number) {
    const bool low = range.low == Range::Edge::Included ? number < range.least : number <= range.least;
    const bool high = range.high == Range::Edge::Included ? number > range.most : number >= range.most;
    return low || high;
}

// The allowed number nearest to a wrong one.
std::string nearest_allowed(const Range& range, double number) {
    const auto step = static_cast<double>(range.multiple_of);
    const double near = step > 1 ? std::round(number / step) * step : number;
    return shortest(std::clamp(near, range.least, range.most));
}

Complaint number_complaint(const Field& field, const std::string& path, double number,
                           const std::string& said) {
    if (!std::isfinite(number)) return found(path, "must be a finite number.");
    const auto& range = field.range;
    const auto step = static_cast<double>(range.multiple_of);
    const bool off = step > 1 && std::fmod(number, step) != 0;
    if (!outside(range, number) && !off) return {};
    const bool open = range.low == Range::Edge::Excluded || range.high == Range::Edge::Excluded;
    return found(path, fmt::format("must be {}, is {}.", say_range(field), said),
                 open ? "" : fmt::format("The nearest is {}.", nearest_allowed(range, number)));
}

Complaint text_complaint(const Field& field, const std::string& path, const std::string& text) {
    if (field.required && text.empty()) return found(path, "is needed.", std::string(field.what));
    if (!base::is_utf8(text)) return found(path, "is not UTF-8 text.", "Save it as UTF-8.");
    if (is_path(field) && base::is_web_address(text))
        return found(path, "is an address on the web.", std::string(base::kNotOnTheWeb));
    if (text.find('\0') != std::string::npos) return found(path, "holds a zero byte.", "Remove it.");
    return {};
}

Complaint count_complaint(const Field& field, const std::string& path, std::size_t count) {
    const auto& [fewest, longest] = std::pair(field.range.fewest, field.range.longest);
    if (count >= fewest && count <= longest) return {};
    const auto wanted = fewest == longest ? fmt::format("{}", fewest)
                        : count < fewest  ? fmt::format("at least {}", fewest)
                                          : fmt::format("at most {}", longest);
    return found(
        path, fmt::format("must have {} value{}, has {}.", wanted, wanted.ends_with(" 1") ? "" : "s", count));
}

}  // namespace

std::optional<WrongSetting> complaint(const Field& field, const std::string& path, const Value& value) {
    const auto each = [&](const auto& list, const auto& judge) -> Complaint {
        if (auto wrong = count_complaint(field, path, list.size())) return wrong;
        for (const auto& one : list)
            if (auto wrong = judge(one)) return wrong;
        return {};
    };
    const auto whole = [&](std::int64_t one) {
        return number_complaint(field, path, static_cast<double>(one), std::to_string(one));
    };
    const auto number = [&](double one) { return number_complaint(field, path, one, shortest(one)); };
    const auto text = [&](const std::string& one) { return text_complaint(field, path, one); };
    if (const auto* v = std::get_if<std::int64_t>(&value)) return whole(*v);
    if (const auto* v = std::get_if<double>(&value)) return number(*v);
    if (const auto* v = std::get_if<std::string>(&value)) return text(*v);
    if (const auto* v = std::get_if<std::vector<std::int64_t>>(&value)) return each(*v, whole);
    if (const auto* v = std::get_if<std::vector<double>>(&value)) return each(*v, number);
    if (const auto* v = std::get_if<std::vector<std::string>>(&value)) return each(*v, text);
    return {};
}

std::string say_range(const Field& field) {
    const auto& range = field.range;
    std::vector<std::string> parts;
    const auto edge = [](Range::Edge side, const char* excluded, const char* included, double bound) {
        return fmt::format("{} {}", side == Range::Edge::Excluded ? excluded : included, shortest(bound));
    };
    if (std::isfinite(range.least)) parts.push_back(edge(range.low, "above", "at least", range.least));
    if (std::isfinite(range.most)) parts.push_back(edge(range.high, "below", "at most", range.most));
    auto said = base::join(parts, " and ");
    if (range.multiple_of != 1)
        said += fmt::format("{}a multiple of {}", said.empty() ? "" : ", ", range.multiple_of);
    return said;
}

namespace {

// [[data.subsets]] with folder = "...": what an element must say.
std::string element_example(const Field& field, const std::string& path) {
    std::string keys;
    for (const auto& inner : field.type->schema().fields)
        if (inner.required) keys += fmt::format(" {} = \"...\"", inner.key);
    return fmt::format("Add [[{}]]{}{}.", path, keys.empty() ? "" : " with", keys);
}

void find_in(const Schema& table, const void* object, const std::string& path,
             std::vector<WrongSetting>& list);

void find_in_field(const Field& field, const void* at, const std::string& path,
                   std::vector<WrongSetting>& list) {
    if (field.type->kind == Kind::Section) return find_in(field.type->schema(), at, path, list);
    if (field.type->kind != Kind::Sections) {
        if (auto wrong = complaint(field, path, field.type->get(at))) list.push_back(std::move(*wrong));
        return;
    }
    const auto size = field.type->size(at);
    if (size < field.range.fewest) {
        list.push_back({{path}, "needs at least one.", element_example(field, path)});
    } else if (size > field.range.longest) {
        list.push_back(*count_complaint(field, path, size));
    }
    for (std::size_t i = 0; i < size; ++i)
        find_in(field.type->schema(), field.type->peek(at, i), join_path(path, std::to_string(i)), list);
}

void find_in(const Schema& table, const void* object, const std::string& path,
             std::vector<WrongSetting>& list) {
    for (const auto& field : table.fields)
        find_in_field(field, static_cast<const char*>(object) + field.offset, join_path(path, field.key),
                      list);
    for (const auto& rule : table.rules) {
        if (!rule.broken(object)) continue;
        WrongSetting finding;
        for (const auto& key : rule.keys) finding.paths.push_back(join_path(path, key));
        finding.what = std::string(rule.why);
        finding.hint = fmt::format("Set {} = {}.", join_path(path, rule.fix.key), rule.fix.text);
        list.push_back(std::move(finding));
    }
}

const Placed<const void*>* find(const std::vector<Placed<const void*>>& all, std::string_view path) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& leaf) { return leaf.path == path; });
    return at == all.end() ? nullptr : &*at;
}

bool is_met(const When& when, const Value& value) {
    if (!when.words.empty()) {
        const auto* word = std::get_if<std::string>(&value);
        return word != nullptr && std::find(when.words.begin(), when.words.end(), *word) != when.words.end();
    }
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* text = std::get_if<std::string>(&value)) return !text->empty();
    return !std::holds_alternative<std::monostate>(value);
}

}  // namespace

std::vector<WrongSetting> findings(const Job& job) { return findings(schema<Job>(), &job); }

std::vector<WrongSetting> findings(const Schema& root, const void* object) {
    std::vector<WrongSetting> list;
    find_in(root, object, "", list);
    return list;
}

std::vector<base::Problem> check(const Job& job) {
    std::vector<base::Problem> problems;
    for (auto& finding : findings(job)) {
        const auto first = finding.paths.front();
        std::string others;
        for (std::size_t i = 1; i < finding.paths.size(); ++i) others += " and " + finding.paths[i];
        if (!others.empty()) others = "(with" + others.substr(4) + ") ";
        problems.push_back({first, others + finding.what, finding.hint});
    }
    return problems;
}

bool in_force(const Job& job, std::string_view path) {
    const auto all = leaves(schema<Job>(), &job);
    const Schema* table = &schema<Job>();
    std::string section;
    for (const auto& key : base::split(path, ".")) {
        const auto* field = table->find(key);
        if (field != nullptr && !field->when.key.empty()) {
            const auto* other = find(all, join_path(section, field->when.key));
            if (other == nullptr) other = find(all, field->when.key);
            base::expects(other != nullptr, "a `when` names a setting that is not there");
            if (!is_met(field->when, other->get())) return false;
        }
        section = join_path(section, key);
        if (field != nullptr && field->is_section()) table = &field->type->schema();
    }
    return true;
}

std::vector<Change> difference(const Job& before, const Job& after) {
    const auto left = leaves(schema<Job>(), &before), right = leaves(schema<Job>(), &after);
    std::vector<Change> changes;
    for (const auto& leaf : left) {
        const auto* other = find(right, leaf.path);
        if (other == nullptr)
            changes.push_back({leaf.path, to_text(leaf.get()), "", leaf.field->effect});
        else if (other->get() != leaf.get())
            changes.push_back({leaf.path, to_text(leaf.get()), to_text(other->get()), leaf.field->effect});
    }
    for (const auto& leaf : right)
        if (find(left, leaf.path) == nullptr)
            changes.push_back({leaf.path, "", to_text(leaf.get()), leaf.field->effect});
    return changes;
}

std::vector<Change> difference(const Job& before, const Job& after, Effect effect) {
    auto changes = difference(before, after);
    std::erase_if(changes, [&](const Change& change) { return change.effect != effect; });
    return changes;
}

}  // namespace lorikeet::settings
