#include "models/tensor_names.hpp"

#include <algorithm>

namespace lorikeet::models {

bool TensorNames::any_begins(std::string_view head) const {
    const auto& entries = file_.entries();
    const auto at = std::lower_bound(entries.begin(), entries.end(), head,
                                     [](const auto& entry, auto name) { return entry.name < name; });
    return at != entries.end() && std::string_view(at->name).starts_with(head);
}

bool TensorNames::any_begins(std::initializer_list<std::string_view> heads) const {
    return std::any_of(heads.begin(), heads.end(), [&](auto head) { return any_begins(head); });
}

bool TensorNames::any_holds(std::string_view part) const {
    return std::any_of(file_.entries().begin(), file_.entries().end(),
                       [&](const auto& entry) { return entry.name.find(part) != std::string::npos; });
}

std::int64_t TensorNames::side(std::string_view end, std::size_t axis) const {
    for (const auto& entry : file_.entries())
        if (std::string_view(entry.name).ends_with(end) && axis < entry.shape.size())
            return entry.shape[axis];
    return 0;
}

}  // namespace lorikeet::models
