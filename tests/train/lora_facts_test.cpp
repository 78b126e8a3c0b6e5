#include "train/lora_facts.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

io::Metadata metadata_for(const settings::Job& job, const std::vector<data::Picture>& pictures) {
    auto recipe = load_recipe(job);
    fit_adapter(recipe, job);
    const Horizon horizon{.batches_per_epoch = 3, .steps_per_epoch = 3, .total_steps = 30, .accumulate = 1};
    return metadata_of({job, recipe, horizon, pictures, "1700000000.5", "abc", 6});
}

}  // namespace

TEST(LoraFacts, TellTheJobAndTheMomentOfSaving) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.train_text = false;
    job.optim.schedule.warmup = 0.1;
    const auto metadata = metadata_for(job, {});
    EXPECT_EQ(metadata.at("ss_network_dim"), "4");
    EXPECT_EQ(metadata.at("ss_text_encoder_lr"), "None");
    EXPECT_EQ(metadata.at("ss_unet_lr"), "0.0005");
    EXPECT_EQ(metadata.at("ss_lr_warmup_steps"), "3");
    EXPECT_EQ(metadata.at("ss_epoch"), "2");
    EXPECT_EQ(metadata.at("ss_steps"), "6");
    EXPECT_EQ(metadata.at("ss_training_started_at"), "1700000000.5");
    EXPECT_EQ(metadata.at("ss_new_sd_model_hash"), "abc");
    EXPECT_EQ(metadata.at("modelspec.resolution"), "64x64");
    EXPECT_FALSE(metadata.contains("ss_vae_name"));
}

TEST(LoraFacts, CountTagsOfEachFolderAndNoFolderTellsItsPath) {
    const support::SmallJob small;
    auto job = small.job();
    job.data.subsets[0].repeats = 2;
    std::vector<data::Picture> pictures(3);
    for (auto& picture : pictures) picture.caption = "Cat, indoors";
    pictures[0].caption = "dog";
    const auto metadata = metadata_for(job, pictures);
    const auto tags = nlohmann::json::parse(metadata.at("ss_tag_frequency"));
    EXPECT_EQ(tags.at("pictures").at("cat"), 2);
    EXPECT_EQ(tags.at("pictures").at("dog"), 1);
    EXPECT_EQ(metadata.at("ss_num_train_images"), "6");
    for (const auto& [key, value] : metadata)
        EXPECT_EQ(value.find(small.folder().string()), std::string::npos) << key;
}

}  // namespace lorikeet::train
