#include "adapters/peft.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::adapters {
namespace {

std::string layer_of(const std::string& name) {
    const auto parsed = parse_peft_name(name);
    return parsed ? parsed->layer : "nothing";
}

constexpr auto kLayer = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_q";

}  // namespace

TEST(Peft, NamesOfEveryLayoutBecomeThoseOfKohya) {
    const std::string path = "mid_block.attentions.0.transformer_blocks.0.attn1.";
    for (const auto& name :
         {"unet." + path + "to_q.lora_A.weight", "base_model.model." + path + "to_q.lora_A.weight",
          "base_model.model." + path + "to_q.lora_A.default.weight", "unet." + path + "to_q.lora.down.weight",
          "unet." + path + "processor.to_q_lora.down.weight"}) {
        EXPECT_EQ(layer_of(name), kLayer) << name;
        EXPECT_EQ(parse_peft_name(name)->what, LoraTensor::Down);
    }
    EXPECT_EQ(layer_of("unet." + path + "processor.to_out_lora.up.weight"),
              "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0");
    EXPECT_EQ(parse_peft_name("unet." + path + "to_q.lora_B.weight")->what, LoraTensor::Up);
    EXPECT_EQ(parse_peft_name("unet." + path + "to_q.alpha")->what, LoraTensor::Alpha);
    const std::string text = "lora_te_text_model_encoder_layers_0_mlp_fc1";
    for (const std::string name :
         {"text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_B.weight",
          "text_encoder.encoder.layers.0.mlp.fc1.lora_B.weight",
          "base_model.model.text_model.encoder.layers.0.mlp.fc1.lora_B.weight",
          "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.up.weight"})
        EXPECT_EQ(layer_of(name), text) << name;
    EXPECT_EQ(layer_of("text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_A.weight"),
              "lora_te2_text_model_encoder_layers_0_mlp_fc1");
    for (const std::string name : {"transformer.blocks.0.attn.to_q.lora_A.weight",
                                   "lora_unet_a.lora_down.weight", "lora_unet_a.alpha", "unet.a.weight", ""})
        EXPECT_EQ(layer_of(name), "nothing") << name;
}

TEST(Peft, AlphaComesFromTheConfigurationInEitherPlace) {
    const support::TempFolder folder;
    const auto file = folder.path() / "adapter_model.safetensors";
    EXPECT_FALSE(read_peft_config(file, {}).alpha_of(kLayer, 4));
    base::write_whole(folder.path() / "adapter_config.json",
                      R"({"r": 4, "lora_alpha": 8, "alpha_pattern": {"attn1.to_q": 2}})");
    const auto config = read_peft_config(file, {});
    EXPECT_EQ(config.alpha_of("lora_unet_mid_block_proj", 4), 8);
    EXPECT_EQ(config.alpha_of(kLayer, 4), 2);
    const auto told = read_peft_config(
        file, {{"lora_adapter_metadata", R"({"unet.lora_alpha": 3, "text_encoder.lora_alpha": 5})"}});
    EXPECT_EQ(told.alpha_of(kLayer, 4), 3);
    EXPECT_EQ(told.alpha_of("lora_te_text_model_x", 4), 5);
    EXPECT_FALSE(told.alpha_of("lora_te2_text_model_x", 4));
    base::write_whole(folder.path() / "adapter_config.json", R"({"lora_alpha": 8, "use_rslora": true})");
    EXPECT_DOUBLE_EQ(*read_peft_config(file, {}).alpha_of(kLayer, 16) / 16, 8 / std::sqrt(16.0));
    base::write_whole(folder.path() / "adapter_config.json", "{\"lora_alpha\": \"eight\", ");
    EXPECT_THROW(read_peft_config(file, {}), base::Error) << "its strength is not known";
    EXPECT_THROW(read_peft_config(file, {{"lora_adapter_metadata", "[1]"}}), base::Error);
    base::write_whole(folder.path() / "adapter_config.json", R"({"lora_alpha": "eight"})");
    EXPECT_THROW(read_peft_config(file, {}), base::Error);
}

TEST(Peft, AFileIsReadAsItsLayersInKohyasNames) {
    const support::TempFolder folder;
    const auto file = folder.path() / "adapter_model.safetensors";
    const std::string path = "base_model.model.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    tensor::save_tensors(
        file, {{path + ".lora_A.weight", at::ones({2, 6})}, {path + ".lora_B.weight", at::ones({8, 2})}});
    EXPECT_EQ(read_lora(file).entries.at(kLayer).facts().alpha, 2) << "not said: its rank";
    base::write_whole(folder.path() / "adapter_config.json", R"({"lora_alpha": 1})");
    EXPECT_EQ(read_lora(file).entries.at(kLayer).facts().alpha, 1);
    base::write_whole(folder.path() / "adapter_config.json", R"({"use_dora": true})");
    EXPECT_THROW(read_lora(file), base::Error);
}

// What a person reads must be what the file holds, and the remedy one for the place where it stands.
TEST(Peft, WhatIsWrongIsNamedAsItStandsInItsFile) {
    const support::TempFolder folder;
    const auto file = folder.path() / "adapter_model.safetensors",
               config = folder.path() / "adapter_config.json";
    const auto complaint = [&](const io::Metadata& metadata) {
        try {
            read_peft_config(file, metadata);
            return std::string("nothing");
        } catch (const base::Error& error) {
            return std::string(error.what()) + " " + error.hint();
        }
    };
    for (const auto& [text, named] :
         {std::pair{R"({"lora_alpha": "8"})", "lora_alpha is not a number"},
          {R"({"alpha_pattern": {"to_q": "2"}})", "The entry to_q of alpha_pattern is not a number"},
          {R"({"alpha_pattern": [2]})", "alpha_pattern is not"},
          {R"({"use_rslora": "true"})", "use_rslora is neither true nor false"},
          {R"({"use_dora": 1})", "use_dora is neither true nor false"},
          {"{", "cannot be read, since it is not JSON"},
          {"[]", "is JSON, but not names with their values"}}) {
        base::write_whole(config, text);
        const auto said = complaint({});
        EXPECT_NE(said.find(named), std::string::npos) << said;
        EXPECT_TRUE(said.starts_with(config.string())) << said;
        const auto told = complaint({{"lora_adapter_metadata", text}});
        EXPECT_EQ(told.find("adapter_config.json"), std::string::npos) << "it is not in that file: " << told;
    }
    EXPECT_TRUE(complaint({{"lora_adapter_metadata", R"({"unet.lora_alpha": "8"})"}})
                    .starts_with("lora_adapter_metadata in the metadata of adapter_model.safetensors: "
                                 "unet.lora_alpha is not a number"));
    base::write_whole(config, R"({"use_dora": null, "alpha_pattern": null, "lora_alpha": 2})");
    EXPECT_EQ(complaint({}), "nothing");
    base::write_whole(config, R"({"use_dora": true})");
    const std::string path = "base_model.model.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    tensor::save_tensors(
        file, {{path + ".lora_A.weight", at::ones({2, 6})}, {path + ".lora_B.weight", at::ones({8, 2})}});
    try {
        read_lora(file);
        ADD_FAILURE() << "a DoRA was read";
    } catch (const base::Error& error) {
        EXPECT_EQ(std::string(error.what()),
                  "adapter_model.safetensors is a DoRA, which Lorikeet does not read: use_dora is true in " +
                      config.string() + ".");
    }
}

TEST(Peft, ALayerInTwoLayoutsIsRefused) {
    const std::string kohya = kLayer;
    const std::string peft = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
    EXPECT_THROW(parse_lora({{kohya + ".lora_down.weight", at::ones({2, 6})},
                             {kohya + ".lora_up.weight", at::ones({8, 2})},
                             {peft + ".lora_A.weight", at::ones({2, 6})},
                             {peft + ".lora_B.weight", at::ones({8, 2})}},
                            {}, "x.safetensors"),
                 base::Error);
}

}  // namespace lorikeet::adapters
