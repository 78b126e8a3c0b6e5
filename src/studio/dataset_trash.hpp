// Images go to the trash with all that belongs to them, and come back together.
#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "studio/dataset_files.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

// Moves the images of these names into `.lorikeet-trash` of the dataset, and what belongs to them (companions.hpp). What
// another image of that name (a.png beside a.jpg) still needs stays.
// Throws what UndoJournal throws. Names that are not listed are passed over.
ChangeOutcome move_to_trash(const base::Path& folder, const DatasetListing& listing,
                            const std::vector<std::string>& names);

// The captions alone of these images: of one that is no text, so that another can take its place.
ChangeOutcome move_captions_to_trash(const base::Path& folder, const DatasetListing& listing,
                                     const std::vector<std::string>& names);

// Writes down that these files, below `folder`, were added: undoing that puts them into the trash.
void note_added(const base::Path& folder, const std::string& what, const std::vector<std::string>& names);

}  // namespace lorikeet::studio
