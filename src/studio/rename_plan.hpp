// Other names for the images of a dataset, by a pattern; what belongs to them (companions.hpp) gets the same.
//
//   {number}   001, 002, ... in each folder, in the order that a person would count: img2 before img10
//   {name}     the old name without its ending
//   {clean}    the same, with "-" for all that is neither letter nor digit nor "_"
//   {date}     the day of the file: 20261130
//
// Endings stay. A name that is taken is counted on ({number}) or gets "-2" behind it; where two images share one caption,
// each gets it. An image whose name stays is no line of the plan.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "studio/dataset_files.hpp"
#include "studio/file_plan.hpp"

namespace lorikeet::studio {

// `chosen` are names of the listing; empty: all.
// Throws   Error{InvalidInput} for a pattern with an unknown word in braces, with "/" or with nothing in it.
FilePlan plan_rename(const base::Path& folder, const DatasetListing& listing,
                     const std::vector<std::string>& chosen, std::string_view pattern);

}  // namespace lorikeet::studio
