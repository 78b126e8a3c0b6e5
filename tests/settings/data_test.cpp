#include "settings/data.hpp"

#include "settings/good_job.hpp"

namespace lorikeet::settings {

// What a file does not say is not done to images and captions.
TEST(DataSection, NothingIsDoneToImagesAndCaptionsThatWasNotAskedFor) {
    const Subset subset;
    EXPECT_EQ(subset.repeats, 1);
    EXPECT_EQ(subset.trigger, "");
    EXPECT_FALSE(subset.flip);
    EXPECT_FALSE(subset.shuffle_tags);
    EXPECT_EQ(subset.caption_dropout, 0);
    const Data data;
    EXPECT_FALSE(data.random_crop || data.vary_colours || data.alpha_mask);
    EXPECT_TRUE(data.face_crop.empty());
    EXPECT_EQ(data.validation.share, 0);
}

// What a folder says for itself is not what data says for the others.
TEST(DataSection, WhatVariesIsRefusedWithKeptLatentsOnlyWhereItIsInForce) {
    Job job = good_job();
    job.data.random_crop = true;
    EXPECT_EQ(
        base::to_text(check(job)),
        "data.random_crop: (with data.cache_latents) each crop has a latent of its own, so that none can be "
        "kept. Set data.cache_latents = false.");
    job.data.subsets[0].random_crop = false;
    EXPECT_EQ(base::to_text(check(job)), "");
    job.data.subsets[0].vary_colours = true;
    EXPECT_NE(base::to_text(check(job)), "");
    job.data.cache_latents = false;
    EXPECT_EQ(base::to_text(check(job)), "");
}

TEST(DataSection, EveryFolderMustBeNamed) {
    Job job = good_job();
    job.data.subsets.resize(2);
    EXPECT_EQ(base::to_text(check(job)),
              "data.subsets.1.folder: is needed. The training images and their captions.");
    for (const auto* name : {"image_dir", "train_data_dir"})
        EXPECT_EQ(led_to(name), "folder of [[data.subsets]]") << name;
}

TEST(DataSection, ASizeIsOneSideOrTwoInStepsOfEight) {
    for (const auto* size : {"", "512", "512, 768", "64", "4096"})
        EXPECT_EQ(said_of("data.resolution", size), "") << size;
    EXPECT_EQ(said_of("data.resolution", "512, 768, 1024"),
              "data.resolution: must have at most 2 values, has 3.");
    EXPECT_EQ(said_of("data.resolution", "1021"),
              "data.resolution: must be at least 64 and at most 4096, a multiple of 8, is 1021. The nearest "
              "is 1024.");
    EXPECT_EQ(
        said_of("data.resolution", "56"),
        "data.resolution: must be at least 64 and at most 4096, a multiple of 8, is 56. The nearest is 64.");
    EXPECT_TRUE(Data{}.resolution.empty());
}

TEST(DataSection, TheEndsOfCaptionFilesBeginWithADot) {
    for (const auto* ends : {".txt", ".caption, .tags.txt"})
        EXPECT_EQ(said_of("data.caption_extensions", ends), "") << ends;
    for (const auto* ends : {"txt", ".", ".txt, caption", "./txt", "a/b"})
        EXPECT_TRUE(
            said_of("data.caption_extensions", ends)
                .starts_with("data.caption_extensions: each must be a file extension with a dot in front"))
            << ends;
    EXPECT_EQ(said_of("data.caption_extensions", ""),
              "data.caption_extensions: must have at least 1 value, has 0.");
}

TEST(DataSection, SharesAreWithinOne) {
    for (const auto* share : {"0", "0.5", "1"})
        EXPECT_EQ(said_of("data.subsets.0.caption_dropout", share), "") << share;
    EXPECT_NE(said_of("data.subsets.0.caption_dropout", "1.01"), "");
    EXPECT_NE(said_of("data.subsets.0.caption_dropout", "-0.1"), "");
}

// Caches and threads give the same numbers in another time: with them changed a run may go on. What it is shown must stay.
TEST(DataSection, ARunGoesOnWithOtherCachesThreadsAndStrictness) {
    EXPECT_EQ(harmless<Data>(), "require_captions strict cache_latents cache_text cache_folder workers ");
    EXPECT_EQ(harmless<Subset>(), "");
}

TEST(DataSection, KnowsTheNamesOfSdScripts) {
    EXPECT_EQ(led_to("num_repeats"), "repeats of [[data.subsets]]");
    EXPECT_EQ(led_to("caption_prefix"), "prefix of [[data.subsets]]");
    EXPECT_EQ(led_to("train_batch_size"), "data.batch");
    EXPECT_EQ(led_to("cache_latents_to_disk"), "data.cache_latents");
    EXPECT_EQ(led_to("datasets"), "[[data.subsets]]");
    EXPECT_EQ(led_to("color_aug"), "data.vary_colours");
    EXPECT_EQ(led_to("conditioning_data_dir"), "mask_folder of [[data.subsets]]");
    EXPECT_EQ(led_to("validation_split"), "data.validation.share");
}

}  // namespace lorikeet::settings
