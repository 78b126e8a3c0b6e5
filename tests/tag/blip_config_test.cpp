#include "tag/blip_config.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::tag {

namespace {

std::string config_complaint(std::string_view json) {
    try {
        parse_blip_config(json, "config.json");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}
std::string preprocessor_complaint(std::string_view json) {
    try {
        parse_blip_preprocessor(json, "p.json");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(BlipConfig, ReadsWhatShapesDoNotTell) {
    const auto config = parse_blip_config(
        R"({"model_type": "blip", "projection_dim": 512, "torch_dtype": "float32",
            "text_config": {"model_type": "blip_text_model", "num_attention_heads": 12, "bos_token_id": 98,
                            "sep_token_id": 3, "eos_token_id": 2, "is_decoder": true, "layer_norm_eps": 1e-10,
                            "hidden_act": "gelu_new", "pruned_heads": {}, "top_k": 50},
            "vision_config": {"num_attention_heads": 16, "is_decoder": false, "hidden_act": "gelu"}})",
        "config.json");
    EXPECT_EQ(config.text.heads, 12);
    EXPECT_EQ(config.text.activation, Activation::GeluTanh);
    EXPECT_EQ(config.text.eps, 1e-10);
    EXPECT_EQ(config.begin_token, 98);
    EXPECT_EQ(config.end_token, 3);
    EXPECT_EQ(config.vision.heads, 16);
    EXPECT_EQ(config.vision.eps, 1e-5);
}

TEST(BlipConfig, WhatIsLeftOutIsAsTransformersHasIt) {
    const auto config = parse_blip_config("{}", "c");
    EXPECT_EQ(config.text.heads, 8);
    EXPECT_EQ(config.vision.heads, 12);
    EXPECT_EQ(config.begin_token, 30522);
    EXPECT_EQ(config.end_token, 102);
    EXPECT_FALSE(BlipConfig().text.heads) << "without any config.json they are 64 wide";
}

TEST(BlipConfig, WhatMayChangeTheResultIsRefused) {
    for (const auto* json :
         {R"({"model_type": "blip-2"})", R"({"text_config": {"rope_theta": 3}})",
          R"({"text_config": {"position_embedding_type": "relative_key"}})",
          R"({"text_config": {"is_decoder": false}})", R"({"text_config": {"hidden_act": "relu"}})",
          R"({"vision_config": {"pruned_heads": {"1": [2]}}})", R"({"qformer_config": {}})"})
        EXPECT_NE(config_complaint(json).find("cannot compute"), std::string::npos) << json;
    for (const auto* json :
         {"[]", "{", R"({"text_config": 3})", R"({"text_config": {"num_attention_heads": 0}})",
          R"({"vision_config": {"layer_norm_eps": "x"}})"})
        EXPECT_NE(config_complaint(json), "") << json;
}

TEST(BlipPreprocessor, ReadsSizeAndScaling) {
    const auto found = parse_blip_preprocessor(
        R"({"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.2, 0.1],
            "image_processor_type": "BlipImageProcessor", "processor_class": "BlipProcessor", "resample": 3,
            "size": {"height": 384, "width": 384}, "size_divisor": 32})",
        "p.json");
    EXPECT_EQ(found.side_px, 384);
    EXPECT_EQ(found.mean[1], 0.4);
    EXPECT_EQ(found.deviation[2], 0.1);
    EXPECT_EQ(parse_blip_preprocessor(R"({"size": 224})", "p").side_px, 224);
    EXPECT_FALSE(parse_blip_preprocessor("{}", "p").side_px);
    for (const auto* json :
         {R"({"size": {"shortest_edge": 384}})", R"({"size": {"height": 384, "width": 300}})",
          R"({"resample": 2})", R"({"do_normalize": false})", R"({"do_center_crop": true})",
          R"({"image_processor_type": "CLIPImageProcessor"})", R"({"image_std": [1, 1, 0]})",
          R"({"unheard_of": 1})"})
        EXPECT_NE(preprocessor_complaint(json), "") << json;
}

}  // namespace lorikeet::tag
