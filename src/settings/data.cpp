#include "settings/data.hpp"

#include <algorithm>

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Subset>& s) {
    s.says("One folder of training images.");
    s.add("folder", &Subset::folder, "The training images and their captions.")
        .required()
        .basic()
        .kohya("image_dir")
        .kohya("train_data_dir");
    s.add("repeats", &Subset::repeats, "How many times each image is used per epoch.")
        .range(1, 10000)
        .basic()
        .kohya("num_repeats")
        .more("this folder counts more than others")
        .less("it counts less");
    s.add("resolution", &Subset::resolution,
          "Training size of this folder alone, as data.resolution. A folder may be listed twice, once for "
          "each "
          "size. Empty: data.resolution.")
        .range(64, 4096)
        .multiple_of(8)
        .count(0, 2)
        .unit("px");
    s.add("trigger", &Subset::trigger, "Activates the LoRA; added in front of every caption.")
        .basic()
        .kohya("caption_prefix");
    s.add("class_words", &Subset::class_words, "The caption of images that have none, such as \"bird\".")
        .kohya("class_tokens");
    s.add("regularisation", &Subset::regularisation,
          "These images show what things of the kind look like otherwise, so that the LoRA does not change "
          "them. "
          "As many are used per epoch as there are training images.")
        .kohya("is_reg");
    s.add("shuffle_tags", &Subset::shuffle_tags, "Shuffle the comma-separated tags of a caption each time.")
        .kohya("shuffle_caption");
    s.add("keep_tokens", &Subset::keep_tokens,
          "How many tags stay in front when tags are shuffled. The trigger always stays in front.")
        .range(0, 1000)
        .unit("tags")
        .when("shuffle_tags")
        .kohya("keep_tokens");
    s.add("flip", &Subset::flip,
          "Mirror each image half of the time. Not for faces, text or anything with a left and a right.")
        .kohya("flip_aug");
    s.add("caption_dropout", &Subset::caption_dropout,
          "How often an image is used without its caption, from 0 to 1. Helps to learn a style.")
        .range(0, 1)
        .kohya("caption_dropout_rate");
}

namespace {

void describe_buckets(Section<Data>& s) {
    s.add("buckets", &Data::buckets,
          "Train each image at about its own shape and the area of the resolution. When off, all images are "
          "cropped to one size.")
        .kohya("enable_bucket");
    s.add("bucket_no_upscale", &Data::bucket_no_upscale,
          "Never enlarge an image: a small one is trained at its own size, which is cropped to the step.")
        .when("buckets")
        .kohya("bucket_no_upscale");
    s.add("bucket_min", &Data::bucket_min, "The shortest side that an image is trained at.")
        .range(8, 8192)
        .unit("px")
        .unset("half the resolution")
        .when("buckets")
        .kohya("min_bucket_reso");
    s.add("bucket_max", &Data::bucket_max, "The longest side that an image is trained at.")
        .range(8, 8192)
        .unit("px")
        .unset("twice the resolution")
        .when("buckets")
        .kohya("max_bucket_reso");
    s.add("bucket_step", &Data::bucket_step, "Sides of buckets are multiples of this.")
        .range(8, 1024)
        .multiple_of(8)
        .unit("px")
        .unset("chosen for the model")
        .when("buckets")
        .kohya("bucket_reso_steps")
        .more("fewer sizes, fuller batches; more is cropped")
        .less("less is cropped; more sizes");
    s.rule(
        {"bucket_min", "resolution"},
        [](const Data& d) {
            return d.buckets && !d.bucket_no_upscale && d.bucket_min && !d.resolution.empty() &&
                   *d.bucket_min > std::min(d.resolution.front(), d.resolution.back());
        },
        "no image would be trained at the resolution: the shortest side allowed is longer than its own.",
        Fix{"bucket_min", "unset"});
    s.rule(
        {"bucket_max", "resolution"},
        [](const Data& d) {
            return d.buckets && !d.bucket_no_upscale && d.bucket_max && !d.resolution.empty() &&
                   *d.bucket_max < std::max(d.resolution.front(), d.resolution.back());
        },
        "no image would be trained at the resolution: the longest side allowed is shorter than its own.",
        Fix{"bucket_max", "unset"});
}

void describe_reading(Section<Data>& s) {
    s.add("caption_extensions", &Data::caption_extensions,
          "File extensions of captions. If an image has several, the first one listed here is used.")
        .count(1, 16)
        .kohya("caption_extension");
    s.add("require_captions", &Data::require_captions, "Do not start if an image has no caption.")
        .effect(Effect::Record);
    s.add("strict", &Data::strict,
          "Do not start if an image cannot be read. When off, such images are listed and skipped.")
        .effect(Effect::Record);
    s.add("cache_latents", &Data::cache_latents, "Encode each image once and keep its latents on disk.")
        .effect(Effect::Speed)
        .kohya("cache_latents")
        .kohya("cache_latents_to_disk");
    s.add("kohya_latents", &Data::kohya_latents,
          "Use latents that sd-scripts cached beside the images (*_sd.npz, *_sdxl.npz) where they fit, "
          "instead of "
          "encoding. They hold one sample of each image, and do not say which VAE made them.")
        .when("cache_latents");
    s.add("cache_text", &Data::cache_text,
          "Encode each caption once, keep the result on disk, and unload the text encoders (if they are not "
          "trained).")
        .effect(Effect::Speed)
        .kohya("cache_text_encoder_outputs")
        .kohya("cache_text_encoder_outputs_to_disk");
    s.add("cache_folder", &Data::cache_folder,
          "Where cached latents and captions are kept. Empty: .lorikeet-cache beside the images.")
        .effect(Effect::Speed);
    s.add("regularisation_weight", &Data::regularisation_weight,
          "How much a regularisation image counts beside a training image.")
        .range(0, 10)
        .kohya("prior_loss_weight")
        .more("things of the kind stay as they are; the subject is learned more slowly")
        .less("the subject is learned faster");
    s.add("crop_hint", &Data::crop_hint, "The crop position that SDXL is told.");
    s.add("workers", &Data::workers, "Threads that load images. 0: one for each processor.")
        .range(0, 256)
        .unit("threads")
        .effect(Effect::Speed)
        .kohya("max_data_loader_n_workers");
}

}  // namespace

void describe(Section<Data>& s) {
    s.says("The training images and their captions.");
    s.add("subsets", &Data::subsets, "The folders with training images.").count(1, 10000).kohya("datasets");
    s.add("resolution", &Data::resolution,
          "Training size: one side of a square, or width and height. Empty: the size the model was made for.")
        .range(64, 4096)
        .multiple_of(8)
        .count(0, 2)
        .unit("px")
        .basic()
        .kohya("resolution")
        .more("more detail; slower and needs more memory")
        .less("faster; less detail");
    describe_buckets(s);
    s.add("batch", &Data::batch, "How many images each step trains on.")
        .range(1, 1024)
        .unset("chosen for the model")
        .unit("images")
        .basic()
        .kohya("train_batch_size")
        .kohya("batch_size")
        .more("steadier training, better use of a GPU; needs more memory")
        .less("needs less memory");
    describe_reading(s);
    s.rule(
        {"caption_extensions"},
        [](const Data& d) {
            return std::any_of(d.caption_extensions.begin(), d.caption_extensions.end(), [](const auto& e) {
                return e.size() < 2 || e[0] != '.' || e.find('/') != std::string::npos;
            });
        },
        "each must be a file extension with a dot in front, like \".txt\".",
        Fix{"caption_extensions", ".txt, .caption"});
}

}  // namespace lorikeet::settings
