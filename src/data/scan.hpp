// Finding the images of a job and their captions, and everything that is wrong with them, before anything
// is started.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "data/image_measures.hpp"
#include "data/mask.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

struct DatasetImage {
    base::Path file;
    std::string caption;       // as found; empty when there is none
    bool has_caption = false;  // a caption file that says something
    bool bad_caption = false;  // a caption file that is no text
    std::int64_t width_px = 0;
    std::int64_t height_px = 0;
    std::size_t subset = 0;  // of settings::Data::subsets
    std::string sha256{};    // of the file's bytes, as it was looked at
    std::string
        colours;  // how its colours become sRGB where they are not that already; part of a latent's key
    std::int64_t decoding_bytes = 0;  // what decoding it takes
    std::optional<ImageMeasures> measures{};
    Mask mask{};
};

struct ScanResult {
    std::vector<DatasetImage> images;     // what is trained on: by subset, then by name
    std::vector<DatasetImage> held_out;   // for the validation loss (held_out.hpp), in the same order
    std::vector<base::Problem> left_out;  // images that do not decode, each with the reason
    std::vector<base::Problem> errors;    // what keeps the job from starting
    std::vector<base::Problem> news;      // worth a look: no caption, smaller than they are trained at
};

// (done, total, the file just looked at): called from one thread at a time.
using OnProgress = std::function<void(std::size_t, std::size_t, const base::Path&)>;

// Headers: no image is decoded, so that one that is cut off behind its header counts as whole, and it is not told which can
// be seen through; sha256 stays empty where none is held out. Yes: DatasetImage::measures besides.
enum class Measure { No, Yes, Headers };

// Looks into each folder, not below it, at every file that is an image (listing.hpp); decodes each, with `workers`
// threads, so that an image that is cut off is found now and not in the night. What is not used, what captions have that a
// generator would read otherwise, transparency and colour profiles are news.
// Throws Error{Interrupted} when `cancel` asks for it; what is wrong with the data is in the result.
ScanResult scan(const settings::Data& data, const base::Cancel& cancel, const OnProgress& on_progress = {},
                Measure measure = Measure::No);

// Threads to use for `data.workers`, where 0 means as many as processors.
std::size_t worker_count(const settings::Data& data);

}  // namespace lorikeet::data
