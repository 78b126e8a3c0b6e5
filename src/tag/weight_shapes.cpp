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
    constexpr std::int64_t kMostSide = std::int64_t{1} << 20;
    const auto side = found->second[axis];
    if (side < 1 || side > kMostSide)
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("The tagger's weight {} has a side of {}.", name, side),
                   "The file is damaged. Download it again.");
    return side;
}

std::int64_t WeightShapes::count(std::string_view before, std::string_view behind) const {
    std::int64_t found = 0;
    while (has(fmt::format("{}{}{}", before, found, behind))) ++found;
    return found;
}

}  // namespace lorikeet::tag
