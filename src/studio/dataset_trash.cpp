#include "studio/dataset_trash.hpp"

#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/companions.hpp"

namespace lorikeet::studio {

ChangeOutcome move_to_trash(const base::Path& folder, const DatasetListing& listing,
                            const std::vector<std::string>& names) {
    const std::set<std::string> wanted(names.begin(), names.end());
    std::vector<const ListedImage*> images;
    for (const auto& image : listing.images)
        if (wanted.contains(image.name)) images.push_back(&image);
    UndoJournal journal(folder);
    const auto trash = UndoJournal::next_trash() + "/";
    DatasetChange change;
    for (const auto& going : Companions(listing).going(images)) {
        change.moves.push_back({going.image->name, trash + going.image->name});
        for (const auto& name : going.along) change.moves.push_back({name, trash + name});
    }
    change.what = fmt::format("{} moved to the trash", base::counted(images.size(), "image"));
    if (images.empty()) return {change.what, 0, {}};
    return journal.carry_out(change);
}

ChangeOutcome move_captions_to_trash(const base::Path& folder, const DatasetListing& listing,
                                     const std::vector<std::string>& names) {
    const std::set<std::string> wanted(names.begin(), names.end());
    std::set<std::string> captions;
    for (const auto& image : listing.images)
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
