// Folders of a dataset as kohya's convention names them: "10_blue bird" is seen ten times an epoch, and its words are "blue bird".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct SubsetName {
    std::int64_t repeats = 1;
    std::string words;  // behind the first "_"
    bool operator==(const SubsetName&) const = default;
};
// Nothing for a name that does not begin with a number of 1 .. 10000 and "_".
std::optional<SubsetName> subset_named(std::string_view folder_name);

struct FoundSubset {
    std::string folder;  // below the dataset's; "" for that itself
    std::int64_t repeats = 1;
    std::string words;  // empty where no folder says any
    std::int64_t images = 0;
    std::int64_t captions = 0;  // images that have one
    bool operator==(const FoundSubset&) const = default;
};

// Every folder with images at or below `folder`, by name. One inside of a "10_bird" counts as it does. Links are not
// followed, and what begins with a dot is not looked into.
std::vector<FoundSubset> find_subsets(const base::Path& folder,
                                      std::span<const std::string> caption_extensions);

}  // namespace lorikeet::studio
