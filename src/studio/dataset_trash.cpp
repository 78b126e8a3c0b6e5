#include "studio/dataset_trash.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"

namespace lorikeet::studio {

ChangeOutcome move_to_trash(const base::Path& folder, const std::vector<ListedImage>& images,
                            const std::vector<std::string>& names) {
    const std::set<std::string> wanted(names.begin(), names.end());
    std::map<std::string, int> needed;  // by how many of the images that stay
    for (const auto& image : images)
        if (!wanted.contains(image.name))
            for (const auto& caption : image.captions) ++needed[caption];
    UndoJournal journal(folder);
    const auto trash = UndoJournal::next_trash() + "/";
    DatasetChange change;
    std::set<std::string> moved;
    std::size_t count = 0;
    for (const auto& image : images) {
        if (!wanted.contains(image.name)) continue;
        change.moves.push_back({image.name, trash + image.name});
        ++count;
        for (const auto& caption : image.captions)
            if (!needed.contains(caption) && moved.insert(caption).second)
                change.moves.push_back({caption, trash + caption});
    }
    change.what = fmt::format("{} {} moved to the trash", count, count == 1 ? "image" : "images");
    if (count == 0) return {change.what, 0, {}};
    return journal.carry_out(change);
}

ChangeOutcome move_captions_to_trash(const base::Path& folder, const std::vector<ListedImage>& images,
                                     const std::vector<std::string>& names) {
    const std::set<std::string> wanted(names.begin(), names.end());
    std::set<std::string> captions;
    for (const auto& image : images)
        if (wanted.contains(image.name)) captions.insert(image.captions.begin(), image.captions.end());
    const auto trash = UndoJournal::next_trash() + "/";
    DatasetChange change;
    for (const auto& caption : captions) change.moves.push_back({caption, trash + caption});
    change.what = fmt::format("{} moved to the trash", base::counted(captions.size(), "caption"));
    if (captions.empty()) return {change.what, 0, {}};
    return UndoJournal(folder).carry_out(change);
}

void note_added(const base::Path& folder, const std::string& what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    UndoJournal journal(folder);
    const auto trash = UndoJournal::next_trash() + "/";
    DatasetChange change{what, {}, {}};
    for (const auto& name : names) change.moves.push_back({trash + name, name});
    journal.note(change);
}

}  // namespace lorikeet::studio
