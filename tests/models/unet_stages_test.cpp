#include "models/unet_stages.hpp"

#include <gtest/gtest.h>

#include "nn/visitors.hpp"

namespace lorikeet::models {
namespace {

// Three levels, the last without a transformer; widths that tell every block apart.
UnetSpec three_levels() {
    UnetSpec spec;
    spec.widths = {8, 12, 16};
    spec.depths = {1, 2, 0};
    spec.blocks = 2;
    spec.heads = 2;
    spec.context_width = 6;
    spec.groups = 4;
    return spec;
}

template <class Part>
Part with_numbers(Part part) {
    nn::InitWeights init(1, 1);
    part.visit(init, "part");
    return part;
}

UnetSignals some_signals(const UnetSpec& spec) {
    return {at::randn({1, spec.time_width()}), at::randn({1, 5, spec.context_width})};
}

std::string names_of(UnetBlock block) {
    nn::CollectWeights collect;
    block.visit(collect, "b");
    std::string all;
    for (const auto& [name, tensor] : collect.tensors)
        if (name.ends_with("weight")) all += name + " ";
    return all;
}

}  // namespace

TEST(UnetStages, AWayDownHasItsBlocksOfEveryLevelAndAStepBetweenTwo) {
    const auto spec = three_levels();
    const auto blocks = input_blocks_of(spec);
    ASSERT_EQ(blocks.size(), 1U + 3 * 2 + 2);
    EXPECT_TRUE(blocks[0].conv_in && !blocks[0].resnet);
    for (const std::size_t i : {3U, 6U}) EXPECT_TRUE(blocks[i].down && !blocks[i].resnet) << i;
    for (const std::size_t i : {1U, 2U, 4U, 5U}) EXPECT_TRUE(blocks[i].resnet && blocks[i].transformer) << i;
    for (const std::size_t i : {7U, 8U}) EXPECT_TRUE(blocks[i].resnet && !blocks[i].transformer) << i;
    EXPECT_EQ(blocks[4].transformer->blocks.size(), 2U);
    EXPECT_TRUE(blocks[4].resnet->skip) << "from 8 channels to 12";
    EXPECT_FALSE(blocks[5].resnet->skip);
}

// The way up takes back what each block of the way down gave, last first.
TEST(UnetStages, TheWayUpTakesBackWhatTheWayDownGave) {
    const auto spec = three_levels();
    const auto signals = some_signals(spec);
    for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{8, 8}, {7, 10}}) {
        auto x = at::randn({1, 4, height, width});
        std::vector<at::Tensor> given;
        for (const auto& block : input_blocks_of(spec)) given.push_back(x = with_numbers(block)(x, signals));
        EXPECT_EQ(x.sizes(), (at::IntArrayRef{1, 16, (height + 3) / 4, (width + 3) / 4}));
        x = with_numbers(UnetMiddle(spec))(x, signals);
        const auto ups = output_blocks_of(spec);
        ASSERT_EQ(ups.size(), given.size());
        for (const auto& block : ups) {
            const auto back = at::cat({x, given.back()}, 1);
            given.pop_back();
            EXPECT_EQ(block.resnet->norm1.channels, back.size(1));
            const std::vector<std::int64_t> size = given.empty() ? std::vector<std::int64_t>{}
                                                                 : given.back().sizes().slice(2).vec();
            x = with_numbers(block)(back, signals, size);
        }
        EXPECT_EQ(x.sizes(), (at::IntArrayRef{1, 8, height, width}));
    }
}

TEST(UnetStages, TheWayUpGrowsAtTheEndOfEachLevelButTheFirst) {
    const auto blocks = output_blocks_of(three_levels());
    ASSERT_EQ(blocks.size(), 9U);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        EXPECT_EQ(blocks[i].up.has_value(), i == 2 || i == 5) << i;
        EXPECT_EQ(blocks[i].transformer.has_value(), i >= 3) << i;
    }
}

// Layers of a block are numbered as they come, so the number of a step depends on what stands before it.
TEST(UnetStages, LayersAreNumberedAmongThoseThatThereAre) {
    const auto spec = three_levels();
    EXPECT_EQ(names_of(input_blocks_of(spec)[0]), "b.0.weight ");
    EXPECT_EQ(names_of(input_blocks_of(spec)[3]), "b.0.op.weight ");
    EXPECT_NE(names_of(input_blocks_of(spec)[1]).find("b.1.proj_in.weight"), std::string::npos);
    EXPECT_NE(names_of(output_blocks_of(spec)[2]).find("b.1.conv.weight"), std::string::npos);
    EXPECT_NE(names_of(output_blocks_of(spec)[5]).find("b.2.conv.weight"), std::string::npos);
}

TEST(UnetStages, TheMiddleIsABlockATransformerAndABlock) {
    auto spec = three_levels();
    spec.middle_depth = 3;
    const auto middle = with_numbers(UnetMiddle(spec));
    EXPECT_EQ(middle.transformer.blocks.size(), 3U);
    const auto signals = some_signals(spec);
    const auto x = at::randn({1, 16, 2, 3});
    const auto wanted =
        middle.second(middle.transformer(middle.first(x, signals.time), signals.context), signals.time);
    EXPECT_TRUE(at::allclose(middle(x, signals), wanted, 1e-5, 1e-6));
    nn::CollectWeights names;
    UnetMiddle(spec).visit(names, "middle_block");
    for (const auto* name : {"middle_block.0.in_layers.0.weight", "middle_block.1.norm.weight",
                             "middle_block.2.out_layers.3.weight"})
        EXPECT_TRUE(names.tensors.contains(name)) << name;
}

TEST(UnetStages, HeadsAreANumberOrAsManyAsFit) {
    UnetSpec spec;
    EXPECT_EQ(spec.heads_of(320), 8);
    EXPECT_EQ(spec.heads_of(1280), 8);
    spec.head_width = 64;
    EXPECT_EQ(spec.heads_of(640), 10);
    EXPECT_EQ(input_blocks_of(spec)[4].transformer->blocks[0].attn1.shape.heads, 10);
    spec.depths.pop_back();
    EXPECT_THROW(input_blocks_of(spec), std::exception) << "a depth for every level";
}

}  // namespace lorikeet::models
