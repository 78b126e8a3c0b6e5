#include "settings/data.hpp"

#include <algorithm>

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Subset>& s) {
    s.says("One folder of pictures.");
    s.add("folder", &Subset::folder, "The folder with the pictures and their captions.")
        .required()
        .basic()
        .kohya("image_dir")
        .kohya("train_data_dir");
    s.add("repeats", &Subset::repeats, "How often each picture is seen in one epoch.")
        .range(1, 10000)
        .basic()
        .kohya("num_repeats")
        .more("this folder gets more weight beside the others")
        .less("it gets less");
    s.add("trigger", &Subset::trigger,
          "The word that will call up what is learned: put in front of every caption, with a comma.")
        .basic()
        .kohya("caption_prefix")
        .kohya("class_tokens");
    s.add("shuffle_tags", &Subset::shuffle_tags,
          "Puts the comma-separated tags of a caption in another order each time.")
        .kohya("shuffle_caption");
    s.add("keep_tokens", &Subset::keep_tokens,
          "So many tags stay in front when tags are shuffled. The trigger stays in front anyway.")
        .range(0, 1000)
        .unit("tags")
        .when("shuffle_tags")
        .kohya("keep_tokens");
    s.add("flip", &Subset::flip,
          "Mirrors a picture half of the time. Not for faces, texts or whatever has a left and a right.")
        .kohya("flip_aug");
    s.add(
         "caption_dropout", &Subset::caption_dropout,
         "The share of times a picture is shown without its caption, so that the style is learned by itself.")
        .range(0, 1)
        .kohya("caption_dropout_rate");
}

void describe(Section<Data>& s) {
    s.says("The pictures, their captions, and how they are served.");
    s.add("subsets", &Data::subsets, "The folders of pictures.").count(1, 10000).kohya("datasets");
    s.add("resolution", &Data::resolution,
          "The size pictures are trained at: one side of a square, or width and height.")
        .range(64, 4096)
        .multiple_of(8)
        .count(1, 2)
        .unit("px")
        .basic()
        .kohya("resolution")
        .more("finer detail; slower, and needs more memory")
        .less("faster; detail is lost");
    s.add("batch", &Data::batch, "How many pictures one step looks at.")
        .range(1, 1024)
        .unit("pictures")
        .basic()
        .kohya("train_batch_size")
        .kohya("batch_size")
        .more("steadier steps and better use of a GPU; needs more memory")
        .less("needs less memory");
    s.add("caption_extensions", &Data::caption_extensions,
          "The endings of caption files. Of several beside one picture, the first named here is read.")
        .count(1, 16)
        .kohya("caption_extension");
    s.add("require_captions", &Data::require_captions, "Does not start while a picture has no caption.")
        .effect(Effect::Record);
    s.add("strict", &Data::strict,
          "Does not start while a picture cannot be read. Otherwise it is named and left out.")
        .effect(Effect::Record);
    s.add("cache_latents", &Data::cache_latents,
          "Keeps on disk what the VAE makes of each picture, so that it is worked out once.")
        .effect(Effect::Speed)
        .kohya("cache_latents")
        .kohya("cache_latents_to_disk");
    s.add("cache_text", &Data::cache_text,
          "Keeps on disk what frozen text encoders make of each caption, and lets the encoders go.")
        .effect(Effect::Speed)
        .kohya("cache_text_encoder_outputs")
        .kohya("cache_text_encoder_outputs_to_disk");
    s.add("cache_folder", &Data::cache_folder,
          "Where these are kept. Empty: .lorikeet-cache beside the pictures.")
        .effect(Effect::Speed);
    s.add("crop_hint", &Data::crop_hint, "What SDXL is told of where each picture was cut.");
    s.add("workers", &Data::workers, "Threads that read pictures. 0: as many as there are processors.")
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
        "each is the ending of a file name and begins with a dot, like \".txt\".",
        Fix{"caption_extensions", ".txt, .caption"});
}

}  // namespace lorikeet::settings
