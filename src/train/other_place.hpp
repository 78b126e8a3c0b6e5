// Where a file can go when its own place does not take it: a full disk, a folder that is gone.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::train {

// Folders that are tried, nearest first: the run's own, the one around it, the working folder, the home folder, those for
// temporary files. Each once, and only those that are there.
std::vector<base::Path> other_places(const base::Path& run_folder);

// Calls `write` with a path of that file name in one place after the other, until one is taken; nothing that exists is
// written over. Nothing when none is.
std::optional<base::Path> write_elsewhere(const std::vector<base::Path>& folders, const std::string& name,
                                          const std::function<void(const base::Path&)>& write);

}  // namespace lorikeet::train
