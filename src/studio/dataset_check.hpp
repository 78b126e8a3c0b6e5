// What a training would say of a folder of images, before one is thought of: the dataset report, told by what there is to do.
// All that is found is the report's (data/lint.hpp); nothing is judged here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "settings/job.hpp"

namespace lorikeet::studio {

// What training takes of an image, in parts of its sides: 0 is the left or the upper end, 1 the other.
struct TrainedPart {
    std::string name;  // of the image, below the folder
    double left = 0, top = 0, width = 1, height = 1;
};

// A folder with images, as the recipe would name it.
struct CheckedFolder {
    std::string folder;  // below the dataset's; empty for that itself
    std::int64_t repeats = 1;
    std::string class_words;
};

// What is worth a look, with the images that it is about.
struct CheckFinding {
    std::string
        kind;  // a word that stays, as data/lint.hpp has it; "left-out" of images that cannot be read, "bad-caption" of captions
    std::string what, remedy;
    std::vector<std::string> names;    // of the images, below the folder
    std::vector<std::string> reasons;  // of each, where they differ; else empty
    std::vector<std::string> spare{};  // of duplicates: those that may go, one of each stays
    bool blocks = false;               // it keeps a training from starting
};

// One image as training takes it, with the captions that the first epochs draw.
struct SeenImage {
    std::string name;
    std::int64_t width_px = 0, height_px = 0;  // trained at
    double lost = 0;                           // share that is cropped, 0 to 1
    std::vector<std::string> captions;         // each once
    std::function<std::string()> thumbnail;    // bytes of a small image of just that; on any thread
};

struct DatasetCheck {
    std::size_t images = 0;              // that can be trained on
    std::size_t left_out = 0;            // that cannot be read
    std::vector<std::string> orphans;    // captions without an image, below the folder
    std::size_t captioned = 0;           // of them
    std::vector<std::string> good;       // what was looked at and is fine, a sentence each
    std::vector<base::Problem> wrong;    // what keeps a training from starting, beside findings that do
    std::vector<CheckFinding> findings;  // worth a look, the gravest first; what is left out before all
    std::vector<SeenImage> seen;         // what the trainer will see, by name
    std::vector<TrainedPart> parts;

    bool can_train() const;
};

using OnChecked = std::function<void(std::size_t done, std::size_t total)>;

// `folder` and the folders inside it that have images; itself alone where there is none. Nothing is decoded.
std::vector<CheckedFolder> folders_of(const base::Path& folder);

// Decodes every image of the folders of `job`, which lie in `folder`; where it has none, of those that folders_of finds. A job
// without a checkpoint is looked at as no model was chosen yet.
// Throws what report_on throws, and what the sizes of buckets throw.
DatasetCheck check_dataset(const base::Path& folder, settings::Job job, const base::Cancel& cancel,
                           const OnChecked& on_checked = {});

}  // namespace lorikeet::studio
