// What lies in a folder of images: the images, and all that is not used, each by its reason.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::data {

struct Unused {
    std::string one, many;           // "link that leads nowhere", "links that lead nowhere"
    std::vector<std::string> names;  // sorted
};

struct Listing {
    std::vector<base::Path> images;  // by name; what they hold is told by their first bytes, or their ending
    std::vector<Unused> unused;      // none of them without a name
    std::string trouble;             // why the folder cannot be read; empty when it can
};

// Looks into the folder, not below it. What begins with a dot and what Windows puts everywhere is not spoken of.
Listing list_folder(const base::Path& folder, std::span<const std::string> caption_extensions);

// "1 link that leads nowhere (gone.png), 4 files of kinds that are not read (a.pdf, b.mp4, c.zip and 1 more)"
std::string words_of(std::span<const Unused> unused);

}  // namespace lorikeet::data
