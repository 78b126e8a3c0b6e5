#include "studio/model_store.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::studio {
namespace {

base::Path scratch(const std::string& name) {
    return std::filesystem::temp_directory_path() / ("lorikeet-model-store-" + name);
}

// A LoRA of two U-Net modules of different rank and one text module without alpha.
base::Path save_small_lora() {
    const auto file = scratch("lora.safetensors");
    const auto ones = [](at::IntArrayRef shape) { return at::ones(shape, at::kHalf); };
    tensor::save_tensors(file,
                         {{"lora_unet_a.lora_down.weight", ones({4, 8})},
                          {"lora_unet_a.lora_up.weight", ones({8, 4})},
                          {"lora_unet_a.alpha", at::full({}, 2.0, at::kHalf)},
                          {"lora_unet_b.lora_down.weight", ones({2, 8, 1, 1})},
                          {"lora_unet_b.lora_up.weight", ones({8, 2, 1, 1})},
                          {"lora_unet_b.alpha", at::full({}, 2.0, at::kHalf)},
                          {"lora_te_c.lora_down.weight", ones({4, 8})},
                          {"lora_te_c.lora_up.weight", ones({8, 4})}},
                         {{"ss_sd_model_name", "tiny.safetensors"}, {"ss_seed", "None"}});
    return file;
}

}  // namespace

TEST(ModelStore, CountsALorasModulesRanksAndAlphas) {
    const auto file = save_small_lora();
    const auto report = inspect(file);
    std::filesystem::remove(file);
    ASSERT_EQ(report.lora.size(), 2u);
    const auto& text = report.lora[1];
    const auto& unet = report.lora[0];
    EXPECT_EQ(unet.part, "U-Net");
    EXPECT_EQ(unet.modules, 2);
    EXPECT_EQ(unet.ranks, (std::map<std::int64_t, std::int64_t>{{2, 1}, {4, 1}}));
    EXPECT_EQ(unet.alphas, (std::map<double, std::int64_t>{{2.0, 2}}));
    EXPECT_EQ(text.part, "text encoder");
    EXPECT_EQ(text.without_alpha, 1);
    EXPECT_EQ(report.tensors, 8);
    EXPECT_EQ(report.parameters, 32 + 32 + 1 + 16 + 16 + 1 + 32 + 32);
    EXPECT_EQ(report.tensors_by_dtype, (std::map<std::string, std::int64_t>{{"F16", 8}}));
    EXPECT_NE(report.sentence.find("LoRA"), std::string::npos) << report.sentence;
}

TEST(ModelStore, TellsWhatItWasTrainedOnAndLeavesOutWhatIsNotSaid) {
    const auto facts =
        training_facts({{"ss_sd_model_name", "tiny.safetensors"}, {"ss_seed", "None"}, {"ss_steps", "30"}});
    EXPECT_EQ(facts, (std::vector<std::pair<std::string, std::string>>{{"trained on", "tiny.safetensors"},
                                                                       {"steps", "30"}}));
}

TEST(ModelStore, NamesTheTagsSeenMostFirst) {
    const auto facts =
        training_facts({{"ss_tag_frequency", R"({"3_a":{"perch":2,"a lorikeet":9},"b":{" perch":5}})"}});
    ASSERT_EQ(facts.size(), 1u);
    EXPECT_EQ(facts[0].second, "a lorikeet (9), perch (7)");
}

TEST(ModelStore, MetadataFromStrangersDoesNoHarm) {
    EXPECT_TRUE(training_facts({{"ss_tag_frequency", "{"}}).empty());
    EXPECT_TRUE(training_facts({{"ss_tag_frequency", "[1]"}}).empty());
    EXPECT_TRUE(training_facts({{"ss_tag_frequency", R"({"a":{"b":"c"},"d":4})"}}).empty());
}

TEST(ModelStore, TellsTheFamiliesApartAndWhatTheirMarksSay) {
    EXPECT_EQ(inspect(support::tiny_checkpoint()).sentence,
              "This is a Stable Diffusion 1.x checkpoint: you can train on it and generate images with it.");
    const support::TempFolder folder;
    const tensor::WeightFile plain(support::tiny_sdxl_checkpoint());
    tensor::NamedTensors tensors{{"v_pred", at::zeros({0})}};
    for (const auto& entry : plain.entries()) tensors[entry.name] = plain.get(entry.name);
    tensor::save_tensors(folder.path() / "v.safetensors", tensors, plain.metadata());
    EXPECT_EQ(
        inspect(folder.path() / "v.safetensors").sentence,
        "This is a Stable Diffusion XL checkpoint: you can train on it and generate images with it. This "
        "checkpoint uses v-prediction, so training does too.");
    const auto sentence_of = [&](const std::string& layer) {
        const auto file = folder.path() / "lora.safetensors";
        tensor::save_tensors(file, {{layer + ".lora_down.weight", at::ones({2, 4})},
                                    {layer + ".lora_up.weight", at::ones({4, 2})}});
        return inspect(file).sentence;
    };
    EXPECT_EQ(sentence_of("lora_te2_text_model_encoder_layers_0_mlp_fc1"),
              "This is a LoRA for Stable Diffusion XL: you can generate images with it, merge it and train "
              "it further.");
    EXPECT_EQ(sentence_of("lora_unet_double_blocks_0_img_attn_qkv"),
              "This is a LoRA for Flux, a family that Lorikeet does not know; it knows Stable Diffusion 1.x "
              "and Stable "
              "Diffusion XL.");
}

TEST(ModelStore, LooksThroughAllNumbers) {
    const support::TempFolder folder;
    const auto file = folder.path() / "lora.safetensors";
    auto up = at::zeros({4, 2}, at::kHalf);
    EXPECT_TRUE(inspect(support::tiny_checkpoint()).not_finite.empty());
    up[1][1] = std::numeric_limits<float>::quiet_NaN();
    up[2][1] = std::numeric_limits<float>::infinity();
    tensor::save_tensors(
        file, {{"lora_unet_a.lora_down.weight", at::zeros({2, 4})}, {"lora_unet_a.lora_up.weight", up}});
    const auto report = inspect(file);
    ASSERT_EQ(report.not_finite.size(), 1U);
    EXPECT_EQ(report.not_finite[0].name, "lora_unet_a.lora_up.weight");
    EXPECT_EQ(report.not_finite[0].words, "a NaN and an infinity");
    EXPECT_EQ(report.sentence,
              "This is a LoRA, and it cannot be used as it is. Its layer lora_unet_a holds a NaN and an "
              "infinity in "
              "lora_up.");
    tensor::save_tensors(file, {{"lora_unet_a.lora_down.weight", at::zeros({2, 4})}});
    EXPECT_NE(inspect(file).sentence.find("the layer lora_unet_a has no lora_up.weight"), std::string::npos);
}

TEST(ModelStore, SaysWhatCannotBeUsedYetAndAsksForNothingElse) {
    const support::TempFolder folder;
    const auto file = folder.path() / "lora.safetensors";
    const std::string layer = "lora_unet_mid_block_attentions_0_proj_in.";
    const auto sentence_with = [&](const std::string& name, at::IntArrayRef sizes) {
        tensor::save_tensors(file, {{layer + "lora_down.weight", at::ones({2, 4})},
                                    {layer + "lora_up.weight", at::ones({4, 2})},
                                    {name, at::zeros(sizes)}});
        return inspect(file).sentence;
    };
    EXPECT_TRUE(
        sentence_with(layer + "dora_scale", {1}).starts_with("This is a DoRA. Lorikeet uses plain LoRAs"));
    EXPECT_TRUE(sentence_with("lora_unet_a.lokr_w1", {1}).starts_with("This is a file of several kinds"));
    tensor::save_tensors(file, {{"lora_unet_conv_in.lora_down.weight", at::ones({2, 4, 3, 3})},
                                {"lora_unet_conv_in.lora_up.weight", at::ones({4, 2, 1, 1})}});
    EXPECT_NE(inspect(file).sentence.find("training does not reach"), std::string::npos)
        << inspect(file).sentence;
    tensor::save_tensors(file, {{"base_model.model.mid_block.proj.lora_A.weight", at::ones({2, 4})},
                                {"base_model.model.mid_block.proj.lora_B.weight", at::ones({4, 2})}});
    const auto report = inspect(file);
    EXPECT_EQ(report.sentence,
              "This is a LoRA that does not name its model: with a model that has its layers you can "
              "generate images "
              "with it, merge it and train it further.");
    ASSERT_EQ(report.lora.size(), 1U);
    EXPECT_EQ(report.lora[0].ranks, (std::map<std::int64_t, std::int64_t>{{2, 1}}));
    base::write_whole(folder.path() / "adapter_config.json", R"({"use_dora": true})");
    EXPECT_TRUE(inspect(file).sentence.starts_with("This is a DoRA."));
    base::write_whole(folder.path() / "adapter_config.json", "{");
    EXPECT_NE(inspect(file).sentence.find("adapter_config.json cannot be read"), std::string::npos);
}

TEST(ModelStore, ALoraThatChangesNothingSaysSo) {
    const support::TempFolder folder;
    const auto file = folder.path() / "flat.safetensors";
    const auto sentence = [&](const at::Tensor& up, const at::Tensor& other_up) {
        tensor::save_tensors(file, {{"lora_unet_a.lora_down.weight", at::ones({2, 4})},
                                    {"lora_unet_a.lora_up.weight", up},
                                    {"lora_unet_b.lora_down.weight", at::ones({2, 4})},
                                    {"lora_unet_b.lora_up.weight", other_up}});
        return inspect(file).sentence;
    };
    const auto* words = "flat.safetensors changes nothing: what its 2 layers would add is zero everywhere";
    const auto zero = at::zeros({4, 2}), some = at::full({4, 2}, 0.1F);
    for (const auto type : {at::kFloat, at::kHalf, at::kBFloat16, at::kFloat8_e4m3fn})
        EXPECT_NE(sentence(zero.to(type), zero.to(type)).find(words), std::string::npos) << type;
    EXPECT_EQ(sentence(zero, some).find("changes nothing"), std::string::npos) << "one layer does change";
}

TEST(ModelStore, ACheckpointThatCannotBeUsedSaysWhy) {
    const support::TempFolder folder;
    const tensor::WeightFile plain(support::tiny_checkpoint());
    tensor::NamedTensors tensors;
    for (const auto& entry : plain.entries())
        if (!entry.name.starts_with("first_stage_model.")) tensors[entry.name] = plain.get(entry.name);
    const auto file = folder.path() / "no-vae.safetensors";
    tensor::save_tensors(file, tensors, plain.metadata());
    const auto sentence = inspect(file).sentence;
    EXPECT_NE(sentence.find("and it cannot be used as it is. There is no VAE in"), std::string::npos)
        << sentence;
}

TEST(ModelStore, AFileThatIsNotThereIsNotFound) {
    try {
        inspect(scratch("nothing.safetensors"));
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
    }
}

}  // namespace lorikeet::studio
