#include "tag/weight_shapes.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::tag {

WeightShapes::WeightShapes(const std::vector<io::TensorEntry>& entries) {
    for (const auto& entry : entries) shapes_[entry.name] = entry.shape;
}

std::int64_t WeightShapes::side(std::string_view name, std::size_t axis) const {
    const auto found = shapes_.find(name);
    if (found == shapes_.end() || axis >= found->second.size())
        base::fail(base::ErrorCode::Corrupt,
                   found == shapes_.end()
                       ? fmt::format("The tagger has no weight {}.", name)
                       : fmt::format("The tagger's weight {} has {} axes, which is too few.", name,
                                     found->second.size()),
                   "The file is damaged, or cut off while it was downloaded. Download it again.");
    return found->second[axis];
}

std::int64_t WeightShapes::count(std::string_view before, std::string_view behind) const {
    std::int64_t found = 0;
    while (has(fmt::format("{}{}{}", before, found, behind))) ++found;
    return found;
}

}  // namespace lorikeet::tag
