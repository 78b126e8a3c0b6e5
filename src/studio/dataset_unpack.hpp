// An archive that lies in a dataset becomes the images and captions in it; it goes to the trash itself.
//
// All of it is one change of the undo journal: taking it back brings the archive back and puts what came out of it into the
// trash. Where nothing came out of it, it stays.
// Throws   what import_dataset and UndoJournal throw; the dataset is as it was then.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "studio/dataset_import.hpp"

namespace lorikeet::studio {

// `name` is below `folder`.
ImportOutcome unpack_in_dataset(const base::Path& folder, const std::string& name,
                                const std::vector<std::string>& caption_extensions,
                                const base::Cancel& cancel,
                                const std::function<void(const ImportProgress&)>& on_progress = {});

}  // namespace lorikeet::studio
