// What a training would say of a folder of images, before one is thought of: the dataset report, told by what there is to do.
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

struct DatasetCheck {
    std::size_t images = 0;               // that can be trained on
    std::size_t captioned = 0;            // of them
    std::vector<std::string> good;        // what was looked at and is fine, a sentence each
    std::vector<base::Problem> wrong;     // what keeps a training from starting
    std::vector<base::Problem> left_out;  // images that are not trained on; `where` is the name
    struct News {
        std::string what, remedy;
        std::vector<std::string> names;  // of the images, below the folder
    };
    std::vector<News> news;  // worth a look, the gravest first
    std::vector<TrainedPart> parts;
    std::vector<CheckedFolder> folders;
};

using OnChecked = std::function<void(std::size_t done, std::size_t total)>;

// Decodes every image of `folder` and of the folders inside it, each a subset of its own. `job` says how they would be used;
// its own folders do not count.
// Throws what report_on throws, and what the sizes of buckets throw.
DatasetCheck check_dataset(const base::Path& folder, settings::Job job, const base::Cancel& cancel,
                           const OnChecked& on_checked = {});

}  // namespace lorikeet::studio
