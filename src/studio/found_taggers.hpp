// The taggers that lie on the disk already: folders with the weights and the tag list of one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

struct ListedTagger {
    std::string folder;  // as the setting takes it
    std::string name;    // to show: "wd-vit-tagger-v3"
};

// Where they usually are: models and taggers in the folder that is worked in and in the workspace, and the cache of
// Hugging Face's programs.
std::vector<base::Path> usual_tagger_folders(const base::Path& project, const base::Path& workspace);

// In each folder and four deep below it, by name; a folder that is not there holds none. Throws Error{Interrupted}.
std::vector<ListedTagger> find_taggers(const std::vector<base::Path>& folders, const base::Cancel& cancel);

// The small one that comes along; nothing where the assets are not at hand.
std::optional<ListedTagger> practice_tagger();

}  // namespace lorikeet::studio
