// What a LoRA file tells of its making, in the words that the tools of the field read: kohya's ss_* and
// Stability's modelspec.*.
//
// Every value is text, as Python's str() would give it: None, True, 0.0005, 1e-05, 8.0. Keys for what this
// program does not do hold what the reference writes when such a thing is off.
//
// Source   sd-scripts 0.10.1, train_network.py; ModelSpec 1.0.1.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/safetensors.hpp"

namespace lorikeet::adapters {

struct FolderFacts {
    std::string name;  // the folder's own name, without the path to it
    std::int64_t repeats = 1;
    std::int64_t images = 0;
    std::map<std::string, std::int64_t> tag_counts{};  // tags in lower case
    std::string trigger{};                             // put in front of every caption; may be empty
    std::int64_t keep_tokens = 0;
    bool shuffles_tags = false;
    std::string prefix{}, suffix{}, keep_separator{}, secondary_separator{};
    double caption_dropout = 0, tag_dropout = 0;
    std::int64_t caption_dropout_epochs = 0;
    bool wildcards = false;
    bool flips = false;
    bool regularises = false;
    bool crops_randomly = false;
    bool varies_colours = false;
    std::string class_words{};  // the caption of images that have none
};

// What files tell of the family of the model.
struct FamilyWords {
    std::string version = "sd_v1";                     // ss_base_model_version
    std::string architecture = "stable-diffusion-v1";  // modelspec.architecture, without the adapter
    std::string implementation = "diffusers";          // modelspec.implementation
    bool reads_clip_skip = true;                       // false: it has no effect and is not told
};

struct ModelFacts {
    std::string name;         // the checkpoint's file name
    std::string sha256;       // of the whole file; may be empty
    std::string legacy_hash;  // 8 digits; may be empty
    std::string vae_name;     // of a VAE file of its own; may be empty
    std::map<std::string, std::string>
        part_names;  // of other files of their own: "text encoder" to a file name
    FamilyWords family;
    std::string prediction = "epsilon";  // modelspec.prediction_type
    bool zero_snr = false;               // zero terminal SNR
};

struct RunFacts {
    std::string output_name;
    std::string comment;
    std::int64_t session_id = 0;
    std::string started_at;  // seconds since 1970, as text
    double finished_at = 0;  // the same as a number: the moment of saving
    std::int64_t seed = 0;
    std::int64_t steps = 0;
    std::int64_t epoch = 0;
    std::int64_t max_steps = 0;
    std::int64_t epochs = 0;
    std::int64_t accumulate = 1;
    std::string precision;  // "no", "bf16", "fp16"
    bool caches_latents = true;
    bool recomputes = false;
    std::string program;  // "lorikeet/0.1.0"
};

struct NetworkFacts {
    std::int64_t rank = 0;  // 0: the kind has neither rank nor alpha
    double alpha = 0;
    std::optional<double> dropout;
    std::string module = "networks.lora";
    std::string args = "{}";  // JSON
    std::string mixed = {};   // which layers have which, where they differ: "48 of rank 4, alpha 2; ..."
};

struct OptimFacts {
    double lr = 0;
    std::optional<double> unet_lr;  // unset: not trained, or as lr
    std::optional<double> text_lr;
    std::string optimizer;  // "torch.optim.adamw.AdamW(weight_decay=0.01)"
    std::string schedule;   // "cosine"
    std::int64_t warmup_steps = 0;
    double max_grad_norm = 1;
    std::optional<double> noise_offset;
    std::optional<double> min_snr_gamma;
    std::int64_t min_timestep = 0;
    std::int64_t max_timestep = 1000;
};

// Sizes that images are trained at, where they keep about their own shapes.
struct BucketFacts {
    struct Bucket {
        std::int64_t width_px = 0, height_px = 0;
        std::int64_t images = 0;  // repeats included
    };
    std::int64_t min_px = 0, max_px = 0;
    bool upscales = true;
    std::vector<Bucket> buckets;
    double mean_shape_error = 0;  // of width over height, between an image and its bucket
};

// Images that were kept out of training.
struct ValidationFacts {
    std::int64_t images = 0;
    double share = 0;
    std::optional<std::int64_t> seed, every_epochs, every_steps;
};

struct DataFacts {
    std::vector<FolderFacts> folders;
    std::int64_t width_px = 512;
    std::int64_t height_px = 512;
    std::int64_t batch = 1;
    std::int64_t batches_per_epoch = 0;
    std::int64_t images_per_epoch = 0;  // repeats included
    std::int64_t clip_skip = 1;
    std::int64_t max_tokens = 75;
    std::string text_cleaning = "clip";  // what texts were read with: clip or none
    bool weighted_captions = false;
    double regularisation_weight = 1;
    std::optional<BucketFacts> buckets = {};
    std::vector<double> face_crop = {};  // least and most, or none
    ValidationFacts validation = {};
};

struct TrainingFacts {
    ModelFacts model;
    RunFacts run;
    NetworkFacts network;
    OptimFacts optim;
    DataFacts data;
};

// ss_* and modelspec.*. save_lora adds the hashes.
io::Metadata kohya_metadata(const TrainingFacts& facts);

// A number as Python's str() writes it: "8.0", "1e-05".
std::string python_text(double value);

}  // namespace lorikeet::adapters
