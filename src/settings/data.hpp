// [data]: the images, their captions, and how they are served.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class CropHint { Exact, Kohya };
constexpr Choice say(CropHint choice) {
    switch (choice) {
        case CropHint::Exact: return {"exact", "Where the image was cropped."};
        case CropHint::Kohya: return {"kohya", "What sd-scripts tells instead: letterbox margins."};
    }
    return {};
}

// One folder of images: an element of [[data.subsets]].
struct Subset {
    std::string folder;
    std::int64_t repeats = 1;              // how often each image is seen in one epoch
    std::vector<std::int64_t> resolution;  // empty: data.resolution
    bool regularisation = false;           // shows what the subject's kind looks like otherwise
    std::string class_words;               // the caption of an image that has none
    std::string trigger;                   // put in front of every caption, with ", "; empty: nothing
    std::int64_t keep_tokens =
        0;                      // so many tags stay in front when tags are shuffled (the trigger is one more)
    bool shuffle_tags = false;  // comma-separated tags in another order each time
    bool flip = false;          // mirrored left to right half of the time
    double caption_dropout = 0;  // share of times an image is shown with an empty caption
};

struct Data {
    std::vector<Subset> subsets;
    // One side of a square, or width and height; multiples of 8. Empty: what the model was made for.
    std::vector<std::int64_t> resolution;
    bool buckets = true;  // each image at a size of about its own shape; else all at one
    std::optional<std::int64_t>
        bucket_min;  // shortest side of a bucket; unset: half of the resolution's shorter
    std::optional<std::int64_t> bucket_max;   // longest side; unset: twice the resolution's longer
    std::optional<std::int64_t> bucket_step;  // sides are multiples of it; unset: chosen for the model
    bool bucket_no_upscale = false;           // an image smaller than its bucket keeps its size
    std::optional<std::int64_t> batch;        // unset: chosen for the model
    std::vector<std::string> caption_extensions = {".txt", ".caption"};  // the first that exists is read
    bool require_captions = false;  // an image without a caption is an error
    bool strict = false;         // an image that does not decode is an error; else it is named and left out
    bool cache_latents = true;   // kept on disk, keyed by content
    bool kohya_latents = false;  // those that sd-scripts left beside the images are used where they fit
    bool cache_text = true;      // captions' states kept on disk, where no text encoder is trained
    std::string cache_folder;    // empty: .lorikeet-cache beside the images
    double regularisation_weight = 1;      // of the loss of a regularisation image
    CropHint crop_hint = CropHint::Exact;  // what SDXL is told of the cut
    std::int64_t workers = 0;              // threads that read images; 0: as many as processors
};

void describe(Section<Subset>& section);
void describe(Section<Data>& section);

}  // namespace lorikeet::settings
