#include "nn/time_embed.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "nn/unet_part.hpp"

namespace lorikeet::nn {

TEST(TimeEmbedGolden, TimestepsBecomeTheSameSinesAndCosines) {
    const auto file = models::golden("unet_parts");
    const auto timesteps = at::tensor({0, 417, 999}, at::kLong).to(support::test_device());
    models::expect_near(sinusoids(timesteps, 8), file.get("sinusoids"), kPartTolerance, "sinusoids");
}

TEST(TimeEmbedGolden, IsThatOfDiffusersForwardAndBackward) {
    UnetPart part("time_embed", TimeEmbed(8));
    part.expect_result(part.layer(part.input(0)), 0);
}

// The formula of the paper, in double.
TEST(TimeEmbed, FrequenciesFallFromOneToNearlyATenThousandth) {
    const auto sines = sinusoids(at::tensor({0.0, 1.0, 250.5}), 320);
    for (std::int64_t i = 0; i < 160; ++i) {
        const double w = std::pow(10000.0, -static_cast<double>(i) / 160);
        EXPECT_EQ(sines[0][i].item<double>(), 1);
        EXPECT_EQ(sines[0][160 + i].item<double>(), 0);
        EXPECT_NEAR(sines[1][i].item<double>(), std::cos(w), 1e-6);
        EXPECT_NEAR(sines[2][160 + i].item<double>(), std::sin(250.5 * w), 1e-4)
            << "between two timesteps too";
    }
}

TEST(TimeEmbed, SinesAreFloat32WhateverCountsTheTimesteps) {
    const auto as_long = sinusoids(at::tensor({3, 999}, at::kLong), 8);
    EXPECT_EQ(as_long.scalar_type(), at::kFloat);
    for (const auto type : {at::kInt, at::kFloat, at::kDouble})
        EXPECT_TRUE(at::equal(sinusoids(at::tensor({3, 999}, at::kLong).to(type), 8), as_long));
    EXPECT_THROW(sinusoids(at::tensor({3}, at::kLong), 7), std::exception);
}

TEST(TimeEmbed, HasTheDtypeOfItsWeights) {
    auto embed = with_random_weights(TimeEmbed(8));
    const auto t = at::tensor({1, 500}, at::kLong);
    const auto exact = embed(t);
    EXPECT_EQ(exact.sizes(), (at::IntArrayRef{2, 32}));
    ChangeWeights halve([](const std::string&, const at::Tensor& w) { return w.to(at::kBFloat16); });
    embed.visit(halve, "embed");
    EXPECT_EQ(embed(t).scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::allclose(embed(t).to(at::kFloat), exact, 0.05, 0.05));
}

TEST(VectorEmbed, IsTwoLayersWithSiluBetween) {
    const auto embed = with_random_weights(VectorEmbed(3, 5));
    const auto y = at::randn({2, 3});
    const auto inner = at::mm(y, embed.first.weight.t()) + embed.first.bias;
    const auto wanted = at::mm(inner / (1 + (-inner).exp()), embed.second.weight.t()) + embed.second.bias;
    EXPECT_TRUE(at::allclose(embed(y), wanted, 1e-5, 1e-6));
    EXPECT_EQ(embed(y.to(at::kDouble)).scalar_type(), at::kFloat);
    CollectWeights names;
    VectorEmbed(3, 5).visit(names, "label_emb.0");
    EXPECT_TRUE(names.tensors.contains("label_emb.0.0.weight"));
    EXPECT_TRUE(names.tensors.contains("label_emb.0.2.bias"));
}

}  // namespace lorikeet::nn
