#include "nn/resnet_block.hpp"

#include <gtest/gtest.h>

#include "nn/unet_part.hpp"

namespace lorikeet::nn {

TEST(ResnetBlockGolden, IsThatOfDiffusersWithAndWithoutAChangeOfWidth) {
    for (const auto& [name, out] : {std::pair{"resnet", 8}, {"widening", 12}}) {
        UnetPart part(name, ResnetBlock({8, out, 12, 4}));
        const auto x = part.input(0), time = part.input(1);
        part.expect_result(part.layer(x, at::silu(time)), 2);
    }
}

TEST(ResamplingGolden, WaysDownAndUpAreThoseOfDiffusers) {
    UnetPart down("down", Downsample(8));
    down.expect_result(down.layer(down.input(0)), 1);
    UnetPart up("up", Upsample(8));
    up.expect_result(up.layer(up.input(0), {12, 10}), 1);
}

TEST(ResnetBlock, HasAWayRoundOnlyWhereTheChannelsChange) {
    const auto names_of = [](ResnetBlock block) {
        CollectWeights names;
        block.visit(names, "b");
        return names.tensors;
    };
    EXPECT_EQ(names_of(ResnetBlock({8, 8, 12, 4})).size(), 10U);
    const auto widening = names_of(ResnetBlock({8, 12, 12, 4}));
    EXPECT_EQ(widening.size(), 12U);
    for (const auto* name : {"b.in_layers.0.weight", "b.in_layers.2.bias", "b.emb_layers.1.weight",
                             "b.out_layers.0.bias", "b.out_layers.3.weight", "b.skip_connection.weight"})
        EXPECT_TRUE(widening.contains(name)) << name;
}

TEST(ResnetBlock, IsAddedToTheImageOrToWhatTheWayRoundMakesOfIt) {
    for (const std::int64_t out : {8, 12}) {
        auto block = with_random_weights(ResnetBlock({8, out, 12, 4}));
        block.conv2.weight = at::zeros_like(block.conv2.weight);
        block.conv2.bias = at::zeros_like(block.conv2.bias);
        const auto x = at::randn({1, 8, 3, 3});
        EXPECT_TRUE(at::equal(block(x, at::randn({1, 12})), block.skip ? (*block.skip)(x) : x)) << out;
    }
}

// The timestep is one number for each channel, the same at every pixel: what follows the second norm sees no more of it.
TEST(ResnetBlock, TheTimestepIsAddedToEveryPixelAlike) {
    const auto block = with_random_weights(ResnetBlock({8, 8, 12, 4}));
    const auto x = at::randn({2, 8, 5, 4}), time = at::randn({2, 12});
    const auto signal = at::mm(time, block.time_proj.weight.t()) + block.time_proj.bias;
    const auto inner = block.conv1(at::silu(block.norm1(x))) + signal.view({2, 8, 1, 1});
    EXPECT_TRUE(at::allclose(block(x, time), x + block.conv2(at::silu(block.norm2(inner))), 1e-4, 1e-5));
}

TEST(Resampling, SizesAreHalvedUpwardsAndGrownToWhatIsAsked) {
    const auto down = with_random_weights(Downsample(4));
    const auto up = with_random_weights(Upsample(4));
    for (const auto& [height, width] : {std::pair<std::int64_t, std::int64_t>{8, 6}, {7, 5}, {1, 1}}) {
        const auto x = at::randn({1, 4, height, width});
        const auto half = down(x);
        EXPECT_EQ(half.sizes(), (at::IntArrayRef{1, 4, (height + 1) / 2, (width + 1) / 2}));
        EXPECT_EQ(up(half, {height, width}).sizes(), x.sizes());
    }
}

TEST(Resampling, PixelsAreRepeatedBeforeTheConvolution) {
    Upsample up(1);
    up.conv.weight = at::zeros({1, 1, 3, 3});
    up.conv.weight[0][0][1][0] = 1;  // each pixel as its left neighbour is
    up.conv.bias = at::zeros({1});
    const auto x = at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).view({1, 1, 2, 2});
    const auto row = [](float left, float right) { return at::tensor({0.0F, left, left, right}); };
    const auto wanted = at::stack({row(1, 2), row(1, 2), row(3, 4), row(3, 4)}).view({1, 1, 4, 4});
    EXPECT_TRUE(at::equal(up(x, {4, 4}), wanted));
}

}  // namespace lorikeet::nn
