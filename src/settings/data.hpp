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
    bool nested = false;                   // images of folders inside it count too
    std::int64_t repeats = 1;              // how often each image is seen in one epoch
    std::vector<std::int64_t> resolution;  // empty: data.resolution
    bool regularisation = false;           // shows what the subject's kind looks like otherwise
    std::string class_words;               // the caption of an image that has none
    std::string trigger;                   // put in front of every caption, with ", "; empty: nothing
    std::int64_t keep_tokens =
        0;                      // so many tags stay in front when tags are shuffled (the trigger is one more)
    bool shuffle_tags = false;  // comma-separated tags in another order each time
    bool flip = false;          // mirrored left to right half of the time
    double caption_dropout = 0;               // share of times an image is shown with an empty caption
    std::int64_t caption_dropout_epochs = 0;  // every so many epochs no caption is shown at all; 0: never
    std::string prefix, suffix;               // in front of every caption and behind it, with a blank between
    std::string
        keep_separator;  // what stands in front of it in a caption stays there; empty: keep_tokens counts
    std::string secondary_separator;  // tags that stay together; empty: none
    double tag_dropout =
        0;                  // share of the tags that are left out each time, but for those that stay in front
    double tag_warmup = 0;  // epochs until all tags are shown
    std::int64_t tag_warmup_min = 1;  // tags shown at the beginning of it, besides those that stay in front
    bool wildcards = false;  // {red|blue} is one of them each time, and any line of a caption is taken
    std::optional<bool> random_crop;  // these four: unset or empty: as in Data
    std::optional<bool> vary_colours;
    std::vector<double> face_crop;
    std::optional<bool> alpha_mask;  // does not count where there is a mask folder
    std::string mask_folder;         // a mask for each image, of its name up to the ending
    bool validation = false;         // nothing is trained on these images: the validation loss is theirs
};

// What a caption becomes each time it is shown.
void describe_captions(Section<Subset>& section);

// Images that are kept out of training, and the loss that the model has on them.
struct Validation {
    double share = 0;               // of the training images of all folders
    std::int64_t seed = 42;         // which images those are, and their noise
    std::int64_t every_epochs = 1;  // 0: not by epochs; the end of a run always is one of the times
    std::int64_t every_steps = 0;
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
    bool weighted_captions = false;  // (a:1.3), ((a)) and [a] in captions and prompts of samples are weights
    bool require_captions = false;   // an image without a caption is an error
    bool strict = false;         // an image that does not decode is an error; else it is named and left out
    bool cache_latents = true;   // kept on disk, keyed by content
    bool kohya_latents = false;  // those that sd-scripts left beside the images are used where they fit
    bool cache_text = true;      // captions' states kept on disk, where no text encoder is trained
    std::string cache_folder;    // empty: .lorikeet-cache beside the images
    bool random_crop = false;    // cropped at another place each time; else from the middle
    bool vary_colours = false;   // hue or gamma a little different, a third of the time
    std::vector<double>
        face_crop;            // least and most: the crop's shorter side, in sizes of the face; empty: off
    bool alpha_mask = false;  // the loss counts where an image is opaque
    std::vector<std::int64_t> background{255, 255, 255};  // what transparent parts are trained as
    Validation validation;
    double regularisation_weight = 1;      // of the loss of a regularisation image
    CropHint crop_hint = CropHint::Exact;  // what SDXL is told of the cut
    std::int64_t workers = 0;              // threads that read images; 0: as many as processors
};

void describe(Section<Subset>& section);
void describe(Section<Validation>& section);
void describe(Section<Data>& section);

}  // namespace lorikeet::settings
