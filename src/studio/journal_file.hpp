// The files of an undo journal: a change each, written before it is made.
//
// Source   docs/formats/undo-journal.md
// Throws   Error{NoSpace}, Error{Io} when something cannot be written.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

// A change as it is kept. `files`: the file of each move, by the number that the disk knows it by, wherever it is moved to.
struct KeptChange {
    std::uint64_t number = 0;
    DatasetChange change;
    std::vector<std::uint64_t> files;
    bool begun = false;  // and never finished: which of the moves were made, only the files know
};

// The changes' numbers, the first made first.
std::vector<std::uint64_t> journal_changes(const base::Path& dataset);
// The last one that can be read; one that is damaged, or names what is not below the dataset, is moved aside.
std::optional<KeptChange> last_kept(const base::Path& dataset);

// Counts as begun until end_kept. The oldest of more than 200 goes.
std::uint64_t keep_change(const base::Path& dataset, const DatasetChange& change);
void end_kept(const base::Path& dataset, std::uint64_t number);
// What is left of it, all of which was made; nothing left: it goes.
void keep_rest(const base::Path& dataset, std::uint64_t number, const DatasetChange& left);
void forget_kept(const base::Path& dataset, std::uint64_t number);

base::Path journal_of(const base::Path& dataset);
base::Path journal_file(const base::Path& dataset, std::uint64_t number);
// The number that the disk knows a file by; 0 where none is.
std::uint64_t inode_of(const base::Path& file);
void make_journal_folder(const base::Path& folder);

}  // namespace lorikeet::studio
