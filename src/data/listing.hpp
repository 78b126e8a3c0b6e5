// What lies in a folder of images: the images, and all that is not used, each by its reason.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::data {

struct Unused {
    std::string one, many;           // "link that leads nowhere", "links that lead nowhere"
    std::vector<std::string> names;  // below the folder; sorted
};

struct Listing {
    std::vector<base::Path> images;  // by name; what they hold is told by their first bytes, or their ending
    std::vector<Unused> unused;      // none of them without a name
    std::size_t folders = 0;         // of these, folders that are not looked into
    std::string trouble;             // why the folder cannot be read; empty when it can
};

// Folders inside folders that are looked into.
constexpr int kDeepestFolder = 32;

// Whether folders inside are looked into too, whatever their depth; links to folders never are, but for `folder` itself.
enum class Nested { No, Yes };

// What begins with a dot and what Windows puts everywhere is not spoken of; nor are, where folders inside are not looked into,
// those that are used by themselves, `elsewhere`, and those around them.
Listing list_folder(const base::Path& folder, std::span<const std::string> caption_extensions,
                    Nested nested = Nested::No, std::span<const base::Path> elsewhere = {});

// "1 link that leads nowhere (gone.png), 4 files of kinds that are not read (a.pdf, b.mp4, c.zip and 1 more)"
std::string words_of(std::span<const Unused> unused);

}  // namespace lorikeet::data
