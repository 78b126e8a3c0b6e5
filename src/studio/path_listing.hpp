// What lies in a folder of this machine, for a person who chooses a path instead of typing it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

enum class PathKind { Folder, ModelFile };

struct ListedPath {
    std::string name;
    bool is_folder = false;
};

struct PathListing {
    base::Path folder;                // absolute
    std::vector<ListedPath> entries;  // folders first, each by name; what begins with a dot is left out
    std::size_t images = 0;           // files with images in it, which a folder is chosen for
    bool is_cut = false;              // there are more than a thousand
    std::string trouble;              // a sentence: why nothing is listed
};

// Of `folder`, or of the nearest one above it that is there. Of files, models alone are listed (.safetensors), and none where
// a folder is wanted. Nothing is opened.  Throws Error{Interrupted} alone.
PathListing list_paths(const base::Path& folder, PathKind wanted, const base::Cancel& cancel);

// As it is typed into a field: below the working folder from there, else in full.
std::string typed_path(const base::Path& path, const base::Path& working_folder);

}  // namespace lorikeet::studio
