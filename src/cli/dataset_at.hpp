// What the commands that change a dataset's files have in common.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "cli/console.hpp"
#include "studio/dataset_files.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::cli {

// Throws Error{NotFound} where no folder is.
void expect_folder(const base::Path& folder);

// ".txt,.cap" as the files of captions end; those of the settings where nothing was typed.
// Throws Error{InvalidInput} for one without its point.
std::vector<std::string> caption_extensions_of(const std::string& typed);

// Throws Error{NotFound} where no folder is, Error{Io} for one that cannot be read.
studio::DatasetListing dataset_at(const base::Path& folder,
                                  const std::vector<std::string>& caption_extensions,
                                  const base::Cancel& cancel);

// Names of the listing, given as they are in the folder or as paths that a shell finishes.
// Throws Error{NotFound} for one that is none, with the nearest.
std::vector<std::string> chosen_images(const base::Path& folder, const std::vector<std::string>& given,
                                       const studio::DatasetListing& listing);

// A list of files with the reason of each.
void say_kept(Console& console, const std::string& title, const std::vector<base::Problem>& problems,
              bool all);

// What was done, what was not, and how to take it back. Returns the exit code.
int say_done(const base::Path& folder, const studio::ChangeOutcome& outcome, bool all, Console& console);

}  // namespace lorikeet::cli
