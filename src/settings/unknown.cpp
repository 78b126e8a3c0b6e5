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

const std::vector<Known>& everything() {
    static const auto all = [] {
        std::vector<Known> made;
        gather(schema<Job>(), "", false, made);
        return made;
    }();
    return all;
}

std::string elsewhere(std::string_view section, std::string_view key) {
    std::vector<std::string> places;
    for (const auto& known : everything())
        if (known.field->key == key && known.section != section) places.push_back(known.place);
    return base::join(places, " or ");
}

std::string from_kohya(std::string_view key) {
    for (const auto& known : everything())
        for (const auto& alias : known.field->kohya) {
            if (alias.name != key) continue;
            const auto value = alias.value.empty() ? "" : fmt::format(" = {}", alias.value);
            return fmt::format("That is sd-scripts' name; here it is {}{}.", known.place, value);
        }
    return {};
}

}  // namespace

std::string hint_for_unknown(std::string_view section, std::string_view key) {
    if (const auto places = elsewhere(section, key); !places.empty())
        return fmt::format("It belongs elsewhere: {}.", places);
    if (auto told = from_kohya(key); !told.empty()) return told;
    std::vector<std::string> here;
    for (const auto& known : everything())
        if (known.section == section) here.emplace_back(known.field->key);
    if (const auto near = base::nearest(key, here)) return fmt::format("Did you mean {}?", *near);
    return fmt::format("{} has: {}.", section.empty() ? "A job" : fmt::format("[{}]", section),
                       base::join(here, ", "));
}

}  // namespace lorikeet::settings
