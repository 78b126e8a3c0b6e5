// What is done to tags by their words alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::tag {

// "name_(series)" -> "name", "series"; "name_(costume)_(series)" -> "name_(costume)", "series"; others stay one.
std::vector<std::string> split_series(std::string_view name);

// Without tags that another one ends with, by whole words: "hair" goes beside "long hair", but not "girl" beside "1girl",
// nor "1girl" beside "girl".
std::vector<std::string> without_implied(const std::vector<std::string>& tags);

// Each tag where it comes first; those that mean the same (base::tag_key) are one.
std::vector<std::string> each_once(const std::vector<std::string>& tags);

// The tags that fit `first` in front, in the order of `first`; the rest as they stand.
std::vector<std::string> brought_forward(const std::vector<std::string>& tags,
                                         const std::vector<std::string>& first);

}  // namespace lorikeet::tag
