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
    s.add("trigger", &Subset::trigger, "Activates the LoRA; added in front of every caption.")
        .basic()
        .kohya("caption_prefix")
        .kohya("class_tokens");
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
    s.add("batch", &Data::batch, "How many images each step trains on.")
        .range(1, 1024)
        .unset("chosen for the model")
        .unit("images")
        .basic()
        .kohya("train_batch_size")
        .kohya("batch_size")
        .more("steadier training, better use of a GPU; needs more memory")
        .less("needs less memory");
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
    s.add("cache_text", &Data::cache_text,
          "Encode each caption once, keep the result on disk, and unload the text encoders (if they are not "
          "trained).")
        .effect(Effect::Speed)
        .kohya("cache_text_encoder_outputs")
        .kohya("cache_text_encoder_outputs_to_disk");
    s.add("cache_folder", &Data::cache_folder,
          "Where cached latents and captions are kept. Empty: .lorikeet-cache beside the images.")
        .effect(Effect::Speed);
    s.add("crop_hint", &Data::crop_hint, "The crop position that SDXL is told.");
    s.add("workers", &Data::workers, "Threads that load images. 0: one for each processor.")
        .range(0, 256)
        .unit("threads")
        .effect(Effect::Speed)
        .kohya("max_data_loader_n_workers");
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
