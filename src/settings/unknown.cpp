#include "settings/unknown.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/field.hpp"
#include "settings/job.hpp"

namespace lorikeet::settings {

namespace {

struct Known {          // one setting or section, wherever it is
    std::string place;  // "adapter.rank"; "folder of [[data.subsets]]" inside a list
    std::string section;
    const Field* field;
};

void gather(const Schema& table, const std::string& section, bool in_list, std::vector<Known>& all) {
    for (const auto& field : table.fields) {
        const auto path = join_path(section, field.key);
        const bool list = field.type->kind == Kind::Sections;
        all.push_back({in_list              ? fmt::format("{} of [[{}]]", field.key, section)
                       : list               ? fmt::format("[[{}]]", path)
                       : field.is_section() ? fmt::format("[{}]", path)
                                            : path,
                       section, &field});
        if (field.is_section()) gather(field.type->schema(), path, in_list || list, all);
    }
}

std::string elsewhere(const std::vector<Known>& all, std::string_view section, std::string_view key) {
    std::vector<std::string> places;
    for (const auto& known : all)
        if (known.field->key == key && known.section != section) places.push_back(known.place);
    return base::join(places, " or ");
}

std::string from_kohya(const std::vector<Known>& all, std::string_view key) {
    for (const auto& known : all)
        for (const auto& alias : known.field->kohya) {
            if (alias.name != key) continue;
            const auto value = alias.value.empty() ? "" : fmt::format(" = {}", alias.value);
            return fmt::format("That is sd-scripts' name; here it is {}{}.", known.place, value);
        }
    return {};
}

}  // namespace

std::string hint_for_unknown(const Schema& root, std::string_view section, std::string_view key) {
    std::vector<Known> all;
    gather(root, "", false, all);
    if (const auto places = elsewhere(all, section, key); !places.empty())
        return fmt::format("It belongs elsewhere: {}.", places);
    if (auto told = from_kohya(all, key); !told.empty()) return told;
    std::vector<std::string> here;
    for (const auto& known : all)
        if (known.section == section) here.emplace_back(known.field->key);
    if (const auto near = base::nearest(key, here)) return fmt::format("Did you mean {}?", *near);
    const std::string_view whole = &root == &schema<Job>() ? "A job has" : "There are";
    return section.empty() ? fmt::format("{}: {}.", whole, base::join(here, ", "))
                           : fmt::format("[{}] has: {}.", section, base::join(here, ", "));
}

std::string hint_for_unknown(std::string_view section, std::string_view key) {
    return hint_for_unknown(schema<Job>(), section, key);
}

}  // namespace lorikeet::settings
