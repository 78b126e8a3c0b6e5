#include "tag/model_config.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::tag {

namespace {

std::string refusal_of(const std::string& json) {
    try {
        parse_model_config(json, "config.json");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}
std::string refusal_of_argument(const std::string& argument) {
    return refusal_of(R"({"model_args": {)" + argument + "}}");
}

}  // namespace

TEST(ModelConfig, ASideThatWantsAllMemoryIsRefused) {
    for (const auto* argument :
         {R"("img_size": 500000)", R"("window_size": [5000, 5000])", R"("ref_feat_shape": 9999)"})
        EXPECT_NE(refusal_of_argument(argument).find("a side of up to 4096"), std::string::npos) << argument;
}

TEST(ModelConfig, TellsWhatShapesDoNot) {
    const auto config = parse_model_config(
        R"({"architecture": "swinv2_base_window8_256", "num_classes": 10861, "num_features": 1024, "global_pool": "avg",
            "model_args": {"act_layer": "gelu", "img_size": 448, "window_size": 14, "drop_path_rate": 0.1},
            "pretrained_cfg": {"custom_load": false, "input_size": [3, 448, 448], "interpolation": "bicubic", "crop_pct": 1.0,
                               "mean": [0.5, 0.5, 0.4], "std": [0.5, 0.5, 0.25], "num_classes": 10861, "classifier": null}})",
        "config.json");
    EXPECT_EQ(config.architecture, "swinv2_base_window8_256");
    EXPECT_EQ(config.outputs, 10861);
    EXPECT_EQ(config.image_px, 448);
    EXPECT_EQ(config.window, 14);
    EXPECT_EQ(config.pool, Pool::Average);
    EXPECT_EQ(config.activation, Activation::Gelu);
    EXPECT_EQ(config.mean[2], 0.4);
    EXPECT_EQ(config.deviation[2], 0.25);
    EXPECT_FALSE(config.heads);
    const auto other =
        parse_model_config(R"({"model_args": {"act_layer": "gelu_tanh", "ref_feat_shape": [16, 16],
                                              "num_heads": 16, "norm_eps": 1e-5}})",
                           "c");
    EXPECT_EQ(other.activation, Activation::GeluTanh);
    EXPECT_EQ(other.grid_cells, 16);
    EXPECT_EQ(other.heads, 16);
    EXPECT_EQ(other.norm_eps, 1e-5);
}

TEST(ModelConfig, AKeyThatChangesTheNetworkIsRefused) {
    EXPECT_EQ(refusal_of_argument(R"("attention_flavour": 3)"),
              "config.json: attention_flavour = 3 makes a network that this program cannot compute.");
    EXPECT_NE(refusal_of_argument(R"("act_layer": "relu")"), "");
    EXPECT_NE(refusal_of_argument(R"("img_size": [448, 320])"), "");
    EXPECT_NE(refusal_of_argument(R"("reg_tokens": 4)"), "");
    EXPECT_EQ(refusal_of_argument(R"("reg_tokens": 0)"), "");
    EXPECT_EQ(refusal_of_argument(R"("pretrained_window_sizes": [0, 0, 0, 0])"), "");
    EXPECT_NE(refusal_of_argument(R"("pretrained_window_sizes": [12, 12, 12, 6])"), "");
    EXPECT_NE(refusal_of(R"({"global_pool": "map"})"), "");
}

TEST(ModelConfig, WhatIsDamagedIsTold) {
    for (const auto* json :
         {"", "[]", "{", "\xFF", R"({"architecture": 3})", R"({"num_classes": -1})", R"({"model_args": []})",
          R"({"pretrained_cfg": {"mean": [0.5, 0.5]}})", R"({"pretrained_cfg": {"std": [0.5, 0, 0.5]}})",
          R"({"pretrained_cfg": {"input_size": [1, 448, 448]}})", R"({"num_classes": 1e999})"})
        EXPECT_NE(refusal_of(json), "") << json;
}

TEST(ModelConfig, AFolderMayHaveNone) {
    const support::TempFolder folder;
    EXPECT_FALSE(read_model_config(folder.path()));
    base::write_whole(folder.path() / "config.json", "{}");
    EXPECT_TRUE(read_model_config(folder.path()));
}

}  // namespace lorikeet::tag
