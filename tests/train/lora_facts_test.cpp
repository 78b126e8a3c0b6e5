#include "train/lora_facts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {
namespace {

settings::Subset subset_of(std::string folder, std::int64_t repeats) {
    settings::Subset subset;
    subset.folder = std::move(folder);
    subset.repeats = repeats;
    return subset;
}

data::DatasetImage image_of(std::size_t subset, std::string caption) {
    data::DatasetImage image;
    image.caption = std::move(caption);
    image.subset = subset;
    image.width_px = image.height_px = 512;
    return image;
}

// A run over two folders, stopped in its second epoch.
struct Making {
    settings::Job job;
    TrainingLength length{.batches_per_epoch = 4, .steps_per_epoch = 4, .total_steps = 20, .accumulate = 1};
    std::vector<data::DatasetImage> images{image_of(0, "Bird, red"), image_of(0, "bird"),
                                           image_of(1, "tree, bird")};
    Making() {
        job.model.checkpoint = support::tiny_checkpoint().string();
        job.data.subsets = {subset_of("/pictures/of-someone/birds/", 3), subset_of("trees", 1)};
        job.output.name = "wren";
        job.optim.schedule.warmup = 0.1;
        job.data.resolution = {512};
        job.data.bucket_step = 64;
        job.data.batch = 1;
        job.optim.lr = 5e-4;
        job.optim.text_lr = 1e-4;
        job.adapter.rank = 2;
        job.adapter.alpha = 1;
    }
    io::Metadata tell(std::int64_t held_out = 0) const {
        auto recipe = load_recipe(job);
        fit_trainee(recipe, job);
        return recipe.trainee->metadata({job, recipe, length, images, "1700000000.5", "abc123", 6, held_out});
    }
};

}  // namespace

TEST(LoraFacts, FoldersAreToldByTheirOwnNamesWithTheirCounts) {
    const auto metadata = Making().tell();
    const auto dirs = nlohmann::json::parse(metadata.at("ss_dataset_dirs"));
    ASSERT_EQ(dirs.size(), 2U);
    EXPECT_EQ(dirs.at("birds").at("n_repeats"), 3);
    EXPECT_EQ(dirs.at("birds").at("img_count"), 2);
    EXPECT_EQ(dirs.at("trees").at("n_repeats"), 1);
    EXPECT_EQ(dirs.at("trees").at("img_count"), 1);
    EXPECT_EQ(metadata.at("ss_num_train_images"), "7");  // 2 images three times, 1 once
    for (const auto& [key, value] : metadata)
        EXPECT_EQ(value.find("someone"), std::string::npos) << key << " tells of this machine: " << value;
}

TEST(LoraFacts, WhatVariesAndWhatIsHeldOutAreToldInTheReferencesWords) {
    Making making;
    const auto plain = making.tell();
    for (const auto& [key, value] : {std::pair{"ss_random_crop", "False"},
                                     {"ss_color_aug", "False"},
                                     {"ss_face_crop_aug_range", "None"},
                                     {"ss_num_validation_images", "0"},
                                     {"ss_validation_split", "0.0"},
                                     {"ss_validation_seed", "None"},
                                     {"ss_validate_every_n_epochs", "None"},
                                     {"ss_validate_every_n_steps", "None"}})
        EXPECT_EQ(plain.at(key), value) << key;
    making.job.data.random_crop = true;
    making.job.data.subsets[0].random_crop = false;
    making.job.data.subsets[0].vary_colours = true;
    making.job.data.face_crop = {2, 4};
    making.job.data.validation = {.share = 0.1, .seed = 7, .every_epochs = 0, .every_steps = 50};
    making.job.data.subsets.emplace_back().folder = "held out";
    making.job.data.subsets[2].validation = true;
    const auto told = making.tell(3);
    for (const auto& [key, value] : {std::pair{"ss_random_crop", "True"},
                                     {"ss_color_aug", "True"},
                                     {"ss_face_crop_aug_range", "(2.0, 4.0)"},
                                     {"ss_num_validation_images", "3"},
                                     {"ss_validation_split", "0.1"},
                                     {"ss_validation_seed", "7"},
                                     {"ss_validate_every_n_epochs", "None"},
                                     {"ss_validate_every_n_steps", "50"}})
        EXPECT_EQ(told.at(key), value) << key;
    const auto subsets = nlohmann::json::parse(told.at("ss_datasets"))[0].at("subsets");
    ASSERT_EQ(subsets.size(), 2U);
    EXPECT_EQ(subsets[0].at("random_crop"), false);
    EXPECT_EQ(subsets[0].at("color_aug"), true);
    EXPECT_EQ(subsets[1].at("random_crop"), true);
}

TEST(LoraFacts, TagsAreCountedInLowerCaseFolderByFolder) {
    const auto metadata = Making().tell();
    const auto tags = nlohmann::json::parse(metadata.at("ss_tag_frequency"));
    EXPECT_EQ(tags,
              nlohmann::json::parse(R"({"birds": {"bird": 2, "red": 1}, "trees": {"bird": 1, "tree": 1}})"));
}

TEST(LoraFacts, TheRunIsToldAsFarAsItWent) {
    const auto metadata = Making().tell();
    EXPECT_EQ(metadata.at("ss_output_name"), "wren");
    EXPECT_EQ(metadata.at("ss_training_started_at"), "1700000000.5");
    EXPECT_EQ(metadata.at("ss_steps"), "6");
    EXPECT_EQ(metadata.at("ss_epoch"), "2");
    EXPECT_EQ(metadata.at("ss_num_epochs"), "5");
    EXPECT_EQ(metadata.at("ss_max_train_steps"), "20");
    EXPECT_EQ(metadata.at("ss_num_batches_per_epoch"), "4");
    EXPECT_EQ(metadata.at("ss_lr_warmup_steps"), "2");
    EXPECT_EQ(metadata.at("ss_network_dim"), "2");
    EXPECT_EQ(metadata.at("ss_network_alpha"), "1.0");
    EXPECT_EQ(metadata.at("ss_new_sd_model_hash"), "abc123");
    EXPECT_EQ(metadata.at("ss_sd_model_name"), "tiny.safetensors");
    EXPECT_EQ(metadata.at("modelspec.prediction_type"), "epsilon");
    EXPECT_EQ(metadata.at("modelspec.resolution"), "512x512");
    EXPECT_FALSE(metadata.contains("ss_vae_name"));
}

TEST(LoraFacts, OptimizerAndRecomputeAreToldInTheReferencesWords) {
    Making making;
    EXPECT_TRUE(making.tell().at("ss_optimizer").starts_with("torch.optim.adamw.AdamW(weight_decay=0.01,"));
    EXPECT_EQ(making.tell().at("ss_gradient_checkpointing"), "False");
    making.job.optim.rule = settings::OptimRule::AdamW8bit;
    making.job.train.recompute = settings::Recompute::On;
    EXPECT_TRUE(making.tell().at("ss_optimizer").starts_with("bitsandbytes.optim.adamw.AdamW8bit("));
    EXPECT_EQ(making.tell().at("ss_gradient_checkpointing"), "True");
}

TEST(LoraFacts, AFrozenHalfHasNoRateAndVelocityIsToldAsV) {
    Making making;
    making.job.adapter.train_text = false;
    making.job.model.prediction = settings::Prediction::Velocity;
    const auto metadata = making.tell();
    EXPECT_EQ(metadata.at("ss_text_encoder_lr"), "None");
    EXPECT_EQ(metadata.at("ss_unet_lr"), "0.0005");
    EXPECT_EQ(metadata.at("modelspec.prediction_type"), "v");
}

TEST(LoraFacts, RanksAreThoseThatAreTrained) {
    const support::TempFolder folder;
    Making making;
    EXPECT_EQ(making.tell().at("ss_network_dim"), "2");
    making.job.adapter.start_from = (folder.path() / "a.safetensors").string();
    const std::string layer = "lora_unet_mid_block_attentions_0_proj_in.";
    const auto weight = tensor::WeightFile(support::tiny_checkpoint())
                            .get("model.diffusion_model.middle_block.1.proj_in.weight");
    tensor::save_tensors(making.job.adapter.start_from,
                         {{layer + "lora_down.weight", at::zeros({5, weight.size(1), 1, 1})},
                          {layer + "lora_up.weight", at::zeros({weight.size(0), 5, 1, 1})}});
    const auto metadata = making.tell();
    EXPECT_EQ(metadata.at("ss_network_dim"), "Dynamic");
    EXPECT_EQ(metadata.at("ss_network_alpha"), "Dynamic");
    EXPECT_TRUE(metadata.at("lorikeet.network_ranks").ends_with("; 1 of rank 5, alpha 5"))
        << metadata.at("lorikeet.network_ranks");
}

}  // namespace lorikeet::train
