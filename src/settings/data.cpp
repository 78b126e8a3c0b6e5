#include "settings/data.hpp"

#include <algorithm>

#include "settings/field.hpp"

namespace lorikeet::settings {

namespace {

void describe_own_variants(Section<Subset>& s) {
    s.add("random_crop", &Subset::random_crop, "As data.random_crop, for this folder alone.")
        .unset("as data.random_crop");
    s.add("vary_colours", &Subset::vary_colours, "As data.vary_colours, for this folder alone.")
        .unset("as data.vary_colours");
    s.add("face_crop", &Subset::face_crop,
          "As data.face_crop, for this folder alone. Empty: as data.face_crop.")
        .range(1, 100)
        .count(0, 2);
    s.add("alpha_mask", &Subset::alpha_mask, "As data.alpha_mask, for this folder alone.")
        .unset("as data.alpha_mask, without a mask folder");
    s.add("mask_folder", &Subset::mask_folder,
          "A folder with a mask for each image, of the same name and size: what is white is learned, what is "
          "black is not. Empty: none.")
        .kohya("conditioning_data_dir");
    s.add("validation", &Subset::validation,
          "Nothing is trained on these images: they are for the validation loss.");
    s.rule(
        {"face_crop"},
        [](const Subset& one) {
            return !one.face_crop.empty() && one.face_crop.front() > one.face_crop.back();
        },
        "the least comes first, then the most.", Fix{"face_crop", "2, 4"});
    s.rule(
        {"alpha_mask", "mask_folder"},
        [](const Subset& one) { return one.alpha_mask.value_or(false) && !one.mask_folder.empty(); },
        "an image has one mask: that of the folder, or its transparency.", Fix{"alpha_mask", "unset"});
    s.rule(
        {"validation", "regularisation"},
        [](const Subset& one) { return one.validation && one.regularisation; },
        "regularisation images are for training.", Fix{"validation", "false"});
}

}  // namespace

void describe(Section<Subset>& s) {
    s.says("One folder of training images.");
    s.add("folder", &Subset::folder, "The training images and their captions.")
        .required()
        .basic()
        .kohya("image_dir")
        .kohya("train_data_dir");
    s.add(
        "nested", &Subset::nested,
        "Use the images of folders inside this one too. A mask lies in the same folder inside mask_folder.");
    s.add("repeats", &Subset::repeats, "How many times each image is used per epoch.")
        .range(1, 10000)
        .basic()
        .kohya("num_repeats")
        .more("this folder counts more than others")
        .less("it counts less");
    s.add("resolution", &Subset::resolution,
          "Training size of this folder alone, as data.resolution. A folder may be listed twice, once for "
          "each size. Empty: data.resolution.")
        .range(64, 4096)
        .multiple_of(8)
        .count(0, 2)
        .unit("px");
    s.add("trigger", &Subset::trigger, "Activates the LoRA; added in front of every caption.").basic();
    s.add("class_words", &Subset::class_words, "The caption of images that have none, such as \"bird\".")
        .kohya("class_tokens");
    s.add("regularisation", &Subset::regularisation,
          "These images show what things of the kind look like otherwise, so that the LoRA does not change "
          "them. As many are used per epoch as there are training images.")
        .kohya("is_reg");
    s.add("flip", &Subset::flip,
          "Mirror each image half of the time. Not for faces, text or anything with a left and a right.")
        .kohya("flip_aug");
    describe_captions(s);
    describe_own_variants(s);
}

void describe(Section<Validation>& s) {
    s.says(
        "Images that are not trained on, and the loss on them: it rises once training only repeats its "
        "images.");
    s.add("share", &Validation::share,
          "About what share of the training images is kept out of training, from 0 to 0.9: each is drawn by "
          "itself, so that it stays in or out when images are added, and of few the share is not met. A "
          "folder of its own may be marked as validation instead.")
        .range(0, 0.9)
        .kohya("validation_split")
        .more("a steadier validation loss; less is trained on");
    s.add("seed", &Validation::seed,
          "Chooses the images that are kept out, and the noise of the validation loss.")
        .range(0, kMostExact)
        .kohya("validation_seed");
    s.add("every_epochs", &Validation::every_epochs,
          "Compute the validation loss every N epochs, and at the end. 0: not by epochs.")
        .range(0, 1e6)
        .unit("epochs")
        .effect(Effect::Record)
        .kohya("validate_every_n_epochs");
    s.add("every_steps", &Validation::every_steps,
          "Compute the validation loss every N steps, and at the end. 0: not by steps.")
        .range(0, 1e9)
        .unit("steps")
        .effect(Effect::Record)
        .kohya("validate_every_n_steps");
}

namespace {

bool is_range(const std::vector<double>& face_crop) {
    return face_crop.empty() || face_crop.front() <= face_crop.back();
}

// What data asks for and some folder does not do otherwise, which is where a rule can point at data's own setting.
template <class Own>
bool is_inherited(const Data& data, Own own) {
    return data.subsets.empty() ||
           std::any_of(data.subsets.begin(), data.subsets.end(), [&](const auto& one) { return !own(one); });
}
bool crops_anywhere(const Data& data) {
    return data.random_crop &&
           is_inherited(data, [](const Subset& one) { return one.random_crop.has_value(); });
}
bool varies_colours(const Data& data) {
    return data.vary_colours &&
           is_inherited(data, [](const Subset& one) { return one.vary_colours.has_value(); });
}
bool crops_faces(const Data& data) {
    return !data.face_crop.empty() &&
           is_inherited(data, [](const Subset& one) { return !one.face_crop.empty(); });
}

// What a folder asks for itself.
template <class Asks>
bool some_folder(const Data& data, Asks asks) {
    return std::any_of(data.subsets.begin(), data.subsets.end(), asks);
}

void describe_variants(Section<Data>& s) {
    s.add("random_crop", &Data::random_crop,
          "Crop each image at another place each time, instead of from the middle. Needs data.cache_latents "
          "= false.")
        .kohya("random_crop");
    s.add("vary_colours", &Data::vary_colours,
          "A third of the time, change the hue or the brightness of an image a little. Needs "
          "data.cache_latents = false.")
        .kohya("color_aug");
    s.add("face_crop", &Data::face_crop,
          "Crop round the face, whose middle and size in pixels end the file name: anna_320_240_96_110.png. "
          "Least and most: the crop's shorter side, in sizes of the face. Needs data.buckets = false and "
          "data.cache_latents = false. Empty: off.")
        .range(1, 100)
        .count(0, 2)
        .kohya("face_crop_aug_range")
        .more("more of what is round the face")
        .less("the face is larger");
}

// Latents that are others each time cannot be kept.
void forbid_kept_variants(Section<Data>& s) {
    s.rule(
        {"face_crop"}, [](const Data& d) { return !is_range(d.face_crop); },
        "the least comes first, then the most.", Fix{"face_crop", "2, 4"});
    const Fix keep_none{"cache_latents", "false"}, one_size{"buckets", "false"};
    constexpr std::string_view kOwnLatent = "each crop has a latent of its own, so that none can be kept.";
    s.rule(
        {"random_crop", "cache_latents"}, [](const Data& d) { return d.cache_latents && crops_anywhere(d); },
        kOwnLatent, keep_none);
    s.rule(
        {"face_crop", "cache_latents"}, [](const Data& d) { return d.cache_latents && crops_faces(d); },
        kOwnLatent, keep_none);
    s.rule(
        {"vary_colours", "cache_latents"}, [](const Data& d) { return d.cache_latents && varies_colours(d); },
        "each change of the colours has a latent of its own, so that none can be kept.", keep_none);
    s.rule(
        {"subsets", "cache_latents"},
        [](const Data& d) {
            return d.cache_latents && some_folder(d, [](const Subset& one) {
                       return one.random_crop.value_or(false) || one.vary_colours.value_or(false) ||
                              !one.face_crop.empty();
                   });
        },
        "a folder with random_crop, vary_colours or face_crop has another latent each time, so that none can "
        "be kept.",
        keep_none);
    s.rule(
        {"face_crop", "buckets"}, [](const Data& d) { return d.buckets && crops_faces(d); },
        "crops round a face are of one size.", one_size);
    s.rule(
        {"subsets", "buckets"},
        [](const Data& d) {
            return d.buckets && some_folder(d, [](const Subset& one) { return !one.face_crop.empty(); });
        },
        "crops round a face are of one size, and a folder has face_crop.", one_size);
}

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
    s.add("weighted_captions", &Data::weighted_captions,
          "Read (word:1.3), ((word)) and [word] in captions and prompts of samples as weights: what the text "
          "encoder makes of those words is multiplied. Brackets of names are then written \\( and \\).")
        .kohya("weighted_captions");
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
          "instead of encoding. They hold one sample of each image, and do not say which VAE made them.")
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
    s.add("alpha_mask", &Data::alpha_mask,
          "Mask the loss by transparency: what cannot be seen is not learned. Images without transparency "
          "are learned whole.")
        .kohya("alpha_mask");
    s.add("background", &Data::background,
          "The colour that transparent parts are trained as: red, green, blue. 255, 255, 255 is white.")
        .range(0, 255)
        .count(3, 3);
    s.add("validation", &Data::validation, "");
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
    describe_variants(s);
    forbid_kept_variants(s);
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
