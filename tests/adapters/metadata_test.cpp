#include "adapters/metadata.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace lorikeet::adapters {

TEST(Metadata, WritesNumbersAsPythonDoes) {
    EXPECT_EQ(python_text(8), "8.0");
    EXPECT_EQ(python_text(0.0005), "0.0005");
    EXPECT_EQ(python_text(0.00001), "1e-05");
    EXPECT_EQ(python_text(1e16), "1e+16");
    EXPECT_EQ(python_text(123456789.25), "123456789.25");
    EXPECT_EQ(python_text(0.1 + 0.2), "0.30000000000000004");
}

TEST(Metadata, TellsTheRunInTheWordsOfKohya) {
    TrainingFacts facts;
    facts.run.output_name = "cat";
    facts.run.finished_at = 1700000000;
    facts.run.program = "lorikeet/0.1.0";
    facts.network = {16, 8, std::nullopt};
    facts.optim.unet_lr = 1e-4;
    facts.data.folders = {
        {.name = "cats", .repeats = 2, .images = 10, .tag_counts = {{"cat", 10}}, .trigger = "tok"},
        {.name = "cats", .repeats = 1, .images = 3, .suffix = "end", .wildcards = true, .flips = true}};
    facts.data.width_px = 640;
    const auto metadata = kohya_metadata(facts);
    EXPECT_EQ(metadata.at("ss_network_dim"), "16");
    EXPECT_EQ(metadata.at("ss_network_alpha"), "8.0");
    EXPECT_EQ(metadata.at("ss_network_dropout"), "None");
    EXPECT_EQ(metadata.at("ss_unet_lr"), "0.0001");
    EXPECT_EQ(metadata.at("ss_text_encoder_lr"), "None");
    EXPECT_EQ(metadata.at("ss_training_comment"), "None");
    EXPECT_EQ(metadata.at("ss_v2"), "False");
    EXPECT_EQ(metadata.at("modelspec.date"), "2023-11-14T22:13:20");
    EXPECT_EQ(metadata.at("modelspec.resolution"), "640x512");
    EXPECT_EQ(metadata.at("modelspec.architecture"), "stable-diffusion-v1/lora");
    EXPECT_FALSE(metadata.contains("modelspec.timestep_range"));
    EXPECT_EQ(metadata.at("modelspec.trigger_phrase"), "tok");
    EXPECT_EQ(metadata.at("ss_flip_aug"), "True");
    EXPECT_EQ(metadata.at("ss_shuffle_caption"), "False");
    EXPECT_EQ(nlohmann::json::parse(metadata.at("ss_datasets"))[0].at("subsets").size(), 2U);
    const auto subsets = nlohmann::json::parse(metadata.at("ss_datasets"))[0].at("subsets");
    EXPECT_EQ(subsets[0].at("caption_prefix"), "tok");
    EXPECT_TRUE(subsets[0].at("caption_suffix").is_null());
    EXPECT_EQ(subsets[1].at("caption_suffix"), "end");
    EXPECT_EQ(subsets[1].at("enable_wildcard"), true);
    const auto dirs = nlohmann::json::parse(metadata.at("ss_dataset_dirs"));
    EXPECT_EQ(dirs.at("cats").at("n_repeats"), 2);
    EXPECT_EQ(dirs.at("cats (2)").at("img_count"), 3);
    EXPECT_EQ(nlohmann::json::parse(metadata.at("ss_tag_frequency")).at("cats").at("cat"), 10);
}

TEST(Metadata, TellsSdxlAndZeroTerminalSnr) {
    TrainingFacts facts;
    facts.model.family = {"sdxl_base_v1-0", "stable-diffusion-xl-v1-base", "x", false};
    facts.model.zero_snr = true;
    facts.model.prediction = "v";
    facts.data.clip_skip = 2;
    const auto metadata = kohya_metadata(facts);
    EXPECT_EQ(metadata.at("ss_base_model_version"), "sdxl_base_v1-0");
    EXPECT_EQ(metadata.at("ss_v2"), "False");
    EXPECT_EQ(metadata.at("ss_zero_terminal_snr"), "True");
    EXPECT_EQ(metadata.at("modelspec.architecture"), "stable-diffusion-xl-v1-base/lora");
    EXPECT_EQ(metadata.at("modelspec.prediction_type"), "v");
    EXPECT_FALSE(metadata.contains("modelspec.encoder_layer"));
    EXPECT_EQ(kohya_metadata({}).at("ss_zero_terminal_snr"), "False");
}

namespace {

// What viewers and merge tools look for, whatever the run was.
constexpr std::string_view kKeys =
    "ss_session_id ss_training_started_at ss_training_finished_at ss_output_name ss_learning_rate "
    "ss_text_encoder_lr ss_unet_lr ss_num_train_images ss_num_validation_images ss_num_reg_images "
    "ss_num_batches_per_epoch ss_num_epochs ss_epoch ss_steps ss_gradient_checkpointing "
    "ss_gradient_accumulation_steps ss_max_train_steps ss_lr_warmup_steps ss_lr_scheduler "
    "ss_network_module ss_mixed_precision ss_full_fp16 ss_base_model_version ss_clip_skip "
    "ss_max_token_length ss_cache_latents ss_seed ss_lowram ss_noise_offset "
    "ss_multires_noise_iterations ss_multires_noise_discount ss_adaptive_noise_scale "
    "ss_zero_terminal_snr ss_training_comment ss_sd_scripts_commit_hash ss_optimizer ss_max_grad_norm "
    "ss_caption_dropout_rate ss_caption_dropout_every_n_epochs ss_caption_tag_dropout_rate "
    "ss_face_crop_aug_range ss_prior_loss_weight ss_min_snr_gamma ss_scale_weight_norms "
    "ss_ip_noise_gamma ss_debiased_estimation ss_loss_type ss_huber_schedule ss_huber_scale "
    "ss_huber_c ss_sd_model_name ss_batch_size_per_device ss_total_batch_size ss_resolution "
    "ss_color_aug ss_flip_aug ss_random_crop ss_shuffle_caption ss_enable_bucket ss_bucket_no_upscale "
    "ss_keep_tokens ss_dataset_dirs ss_reg_dataset_dirs ss_tag_frequency ss_bucket_info "
    "modelspec.sai_model_spec modelspec.architecture modelspec.implementation modelspec.title "
    "modelspec.date modelspec.resolution modelspec.prediction_type";

}  // namespace

TEST(Metadata, HasEveryKeyThatTheReferenceWrites) {
    const auto metadata = kohya_metadata({});
    for (const auto& key : base::split(kKeys, " ")) EXPECT_TRUE(metadata.contains(key)) << key;
}

}  // namespace lorikeet::adapters
