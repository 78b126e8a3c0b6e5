#include "adapters/targets.hpp"

#include <gtest/gtest.h>

namespace lorikeet::adapters {
namespace {

// A transformer with a layer of each kind, and a residual block's convolution beside it.
std::vector<Target> targets_of(nn::BlockKind part, Reach reach) {
    nn::Linear linear(6, 8);
    nn::Conv2d proj = nn::conv1x1(6, 4), wide = nn::conv3x3(6, 6);
    FindTargets find(
        Half::Unet, [](const auto& path) { return "lora_" + path; }, reach);
    const nn::Visitor::Scope scope(find, "blocks.0", part);
    linear.visit(find, "linear");
    proj.visit(find, "proj");
    wide.visit(find, "wide");
    return find.targets;
}

}  // namespace

TEST(FindTargets, TakesLinearAndSmallConvolutionsOfTransformersWithoutAnyWeights) {
    const auto targets = targets_of(nn::BlockKind::Transformer, Reach::Trained);
    ASSERT_EQ(targets.size(), 2U);
    EXPECT_EQ(targets[0].path, "blocks.0.linear");
    EXPECT_EQ(targets[0].name, "lora_blocks.0.linear");
    EXPECT_FALSE(targets[0].is_conv);
    EXPECT_TRUE(targets[1].is_conv);
    EXPECT_EQ(targets[1].shape.out, 4);
}

TEST(FindTargets, LeavesResidualBlocksOutUnlessEverythingIsWanted) {
    EXPECT_TRUE(targets_of(nn::BlockKind::Resnet, Reach::Trained).empty());
    EXPECT_TRUE(targets_of(nn::BlockKind::Other, Reach::Trained).empty());
    const auto all = targets_of(nn::BlockKind::Resnet, Reach::Everything);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].shape.kernel, 3);
}

TEST(FindTargets, TakesAttentionAndMlpOfTheTextEncoder) {
    EXPECT_EQ(targets_of(nn::BlockKind::TextAttention, Reach::Trained).size(), 2U);
    EXPECT_EQ(targets_of(nn::BlockKind::TextMlp, Reach::Trained).size(), 2U);
}

}  // namespace lorikeet::adapters
