#include "tag/tag_words.hpp"

#include <algorithm>
#include <set>

#include "base/tag_syntax.hpp"

namespace lorikeet::tag {

std::vector<std::string> split_series(std::string_view name) {
    const auto open = name.rfind('(');
    if (!name.ends_with(')') || open == std::string_view::npos || open == 0) return {std::string(name)};
    auto character = name.substr(0, open);
    if (character.ends_with('_') || character.ends_with(' ')) character.remove_suffix(1);
    const auto series = name.substr(open + 1, name.size() - open - 2);
    if (character.empty() || series.empty()) return {std::string(name)};
    return {std::string(character), std::string(series)};
}

std::vector<std::string> without_implied(const std::vector<std::string>& tags) {
    std::set<std::string> ends;  // of all tags, by whole words, without the tags themselves
    for (const auto& tag : tags) {
        const auto key = base::tag_key(tag);
        for (auto at = key.find(' '); at != std::string::npos; at = key.find(' ', at + 1))
            ends.insert(key.substr(at + 1));
    }
    std::vector<std::string> kept;
    for (const auto& tag : tags)
        if (!ends.contains(base::tag_key(tag))) kept.push_back(tag);
    return kept;
}

std::vector<std::string> each_once(const std::vector<std::string>& tags) {
    std::set<std::string> seen;
    std::vector<std::string> kept;
    for (const auto& tag : tags)
        if (seen.insert(base::tag_key(tag)).second) kept.push_back(tag);
    return kept;
}

std::vector<std::string> brought_forward(const std::vector<std::string>& tags,
                                         const std::vector<std::string>& first) {
    std::vector<std::string> keys;
    for (const auto& tag : first) keys.push_back(base::tag_key(tag));
    const auto place_of = [&](const std::string& tag) {
        const auto key = base::tag_key(tag);
        return std::find_if(keys.begin(), keys.end(),
                            [&](const auto& one) { return base::tag_matches(one, key); }) -
               keys.begin();
    };
    auto sorted = tags;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](const auto& a, const auto& b) { return place_of(a) < place_of(b); });
    return sorted;
}

}  // namespace lorikeet::tag
