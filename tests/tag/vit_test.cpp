#include "tag/vit.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/visitors.hpp"
#include "tag/golden_tagger.hpp"

namespace lorikeet::tag {

TEST(VitGolden, AnswersAsTimmDoes) { expect_as_timm("tag_vit"); }

TEST(VitGolden, WithAClassTokenAnswersAsTimmDoes) { expect_as_timm("tag_vit_token"); }

TEST(Vit, TheTaggersOfTheFamilyHaveTheirSizes) {
    const auto count_of = [](const VitSpec& spec) {
        Vit vit(spec);
        nn::CountWeights count;
        vit.visit(count);
        return std::pair{count.tensors, count.numbers};
    };
    // As many as timm counts in vit_base_patch16_224 and vit_large_patch16_384 with these settings.
    EXPECT_EQ(count_of({.outputs = 10861}), (std::pair<std::int64_t, std::int64_t>{151, 94'600'813}));
    EXPECT_EQ(count_of({.width = 1024, .depth = 24, .heads = 16, .mlp = 4096, .outputs = 10861}).first, 295);
}

TEST(Vit, SizesComeFromShapesAndTheRestFromTheConfig) {
    const std::vector<io::TensorEntry> entries = {
        {"patch_embed.proj.weight", io::DType::F32, {128, 3, 16, 16}, 0, 0},
        {"pos_embed", io::DType::F32, {1, 197, 128}, 0, 0},
        {"cls_token", io::DType::F32, {1, 1, 128}, 0, 0},
        {"blocks.0.norm1.weight", io::DType::F32, {128}, 0, 0},
        {"blocks.1.norm1.weight", io::DType::F32, {128}, 0, 0},
        {"blocks.0.mlp.fc1.weight", io::DType::F32, {512, 128}, 0, 0},
        {"head.weight", io::DType::F32, {7, 128}, 0, 0}};
    const WeightShapes shapes(entries);
    const auto alone = Vit::spec_of(shapes, {});
    EXPECT_EQ(alone.depth, 2);
    EXPECT_EQ(alone.grid, 14);
    EXPECT_EQ(alone.heads, 2);
    EXPECT_TRUE(alone.class_has_position);
    EXPECT_EQ(alone.pool, Pool::Token);
    EXPECT_EQ(alone.activation, Activation::GeluTanh) << "as WD v3 has it";
    const auto told = Vit::spec_of(
        shapes, parse_model_config(R"({"architecture": "vit_base_patch16_224", "global_pool": "avg",
                                                                  "model_args": {"num_heads": 4}})",
                                   "c"));
    EXPECT_EQ(told.heads, 4);
    EXPECT_EQ(told.pool, Pool::Average);
    EXPECT_EQ(told.activation, Activation::Gelu) << "timm's own";
    EXPECT_THROW(Vit::spec_of(shapes, parse_model_config(R"({"model_args": {"num_heads": 3}})", "c")),
                 base::Error);
}

}  // namespace lorikeet::tag
