// The recipe with the folders of a dataset in place of those it had.
//
// A folder that the recipe names already keeps all that was typed for it, in each place where it is listed. A new one is taught
// as the recipe's first training folder is: its trigger, tags, mirroring and caption dropout. What was chosen for the very
// images of another folder (masks, validation, regularisation, a size, crops) is not taken to it, and is named instead.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "studio/dataset_check.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

struct FoldersTaken {
    TypedJob recipe;
    std::vector<std::string> left;  // a sentence for each folder whose settings are gone with it
};

// Where a typed folder lies: what is not absolute lies in `project`.
base::Path place_of(const std::string& typed, const base::Path& project);

// Folders are told from each other by where they lie. `folders` have what is typed for them, and there is at least one.
FoldersTaken take_folders(const TypedJob& recipe, const std::vector<studio::CheckedFolder>& folders,
                          const base::Path& project);
// True when the recipe's folders are those and no other.
bool has_folders(const TypedJob& recipe, const std::vector<studio::CheckedFolder>& folders,
                 const base::Path& project);

}  // namespace lorikeet::widgets
