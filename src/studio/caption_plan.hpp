// One edit for many captions of a dataset: what it would change, file by file, before it does; then as one change of the
// undo journal.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "studio/caption_edit.hpp"
#include "studio/dataset_files.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

struct CaptionPlan {
    DatasetChange change;                 // its texts by name of the file
    std::vector<base::Problem> left_out;  // captions that are no text, with the reason
    std::size_t same = 0;                 // captions that stay as they are
};

// `chosen` are images of the listing; empty: all. With `create`, images without a caption get one (of Trigger, Add, Prefix and
// Suffix), with the first of the extensions.
// Throws   what check_edit throws, Error{Interrupted}.
CaptionPlan plan_captions(const base::Path& folder, const DatasetListing& listing,
                          const std::vector<std::string>& chosen, const CaptionEdit& edit,
                          const std::string& create_with, const base::Cancel& cancel);

// Makes it. What the outcome says counts what was done.
ChangeOutcome carry_out(const base::Path& folder, const CaptionPlan& plan);

// Of the first line of each caption that is read: tags by how many images have them, the most frequent first; written as
// they were met first.
std::vector<std::pair<std::string, std::size_t>> tag_frequencies(const DatasetListing& listing);

}  // namespace lorikeet::studio
