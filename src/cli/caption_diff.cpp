#include "cli/caption_diff.hpp"

#include <algorithm>

#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::cli {

std::string diff_of(const studio::TextChange& change) {
    const auto before = base::split(change.before.value_or(""), "\n"),
               after = base::split(change.after.value_or(""), "\n");
    auto text = base::printable(change.file);
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        const auto was = i < before.size() ? before[i] : std::string(),
                   is = i < after.size() ? after[i] : std::string();
        if (was == is) continue;
        if (!was.empty()) text += "\n    - " + base::printable(was);
        if (!is.empty()) text += "\n    + " + base::printable(is);
    }
    return text;
}

}  // namespace lorikeet::cli
