#include "studio/dataset_unpack.hpp"

#include <fmt/format.h>

#include "studio/move_file.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

ImportOutcome unpack_in_dataset(const base::Path& folder, const std::string& name,
                                const std::vector<std::string>& caption_extensions,
                                const base::Cancel& cancel,
                                const std::function<void(const ImportProgress&)>& on_progress) {
    ImportRequest request;
    request.sources = {folder / name};
    request.folder = folder;
    request.caption_extensions = caption_extensions;
    auto outcome = import_dataset(request, cancel, on_progress);
    if (outcome.taken.empty()) return outcome;
    const auto trash = UndoJournal::next_trash() + "/";
    DatasetChange change{fmt::format("{} unpacked", name), {}, {}};
    for (const auto& file : outcome.taken) change.moves.push_back({trash + file.place, file.place});
    if (!outcome.stopped && try_move(folder / name, folder / (trash + name)))
        change.moves.push_back({name, trash + name});
    UndoJournal(folder).note(change);
    return outcome;
}

}  // namespace lorikeet::studio
