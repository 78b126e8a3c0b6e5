#include "studio/dataset_unpack.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/move_file.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

namespace {

std::string what_came(const ImportOutcome& outcome) {
    const auto captions = base::counted(outcome.captions, "caption");
    if (outcome.images == 0) return captions;
    const auto images = base::counted(outcome.images, "image");
    return outcome.captions == 0 ? images : images + " and " + captions;
}

}  // namespace

ImportOutcome unpack_in_dataset(const base::Path& folder, const std::string& name,
                                const std::vector<std::string>& caption_extensions,
                                const base::Cancel& cancel,
                                const std::function<void(const ImportProgress&)>& on_progress) {
    ImportRequest request;
    request.sources = {folder / name};
    request.folder = folder;
    request.caption_extensions = caption_extensions;
    auto outcome = import_dataset(request, cancel, on_progress);
    // Where it lies is where the person is; the archive is what is worth naming.
    if (outcome.taken.empty()) {
        outcome.sentence = outcome.already_there.empty() ? fmt::format("Nothing of {} was taken.", name)
                                                         : fmt::format("All of {} is here already.", name);
        return outcome;
    }
    outcome.sentence = fmt::format("{} came out of {}.", what_came(outcome), name);
    const auto trash = UndoJournal::next_trash() + "/";
    DatasetChange change{fmt::format("{} unpacked", name), {}, {}};
    for (const auto& file : outcome.taken) change.moves.push_back({trash + file.place, file.place});
    if (!outcome.stopped && try_move(folder / name, folder / (trash + name)))
        change.moves.push_back({name, trash + name});
    UndoJournal(folder).note(change);
    return outcome;
}

}  // namespace lorikeet::studio
