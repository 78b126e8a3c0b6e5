#include "models/unet.hpp"

#include <gtest/gtest.h>

#include "models/golden_file.hpp"

namespace lorikeet::models {

namespace {

UnetSpec tiny_spec() {
    UnetSpec spec;
    spec.widths = {8, 16, 16};
    spec.depths = {1, 1, 0};
    spec.blocks = 1;
    spec.heads = 2;
    spec.context_width = 12;
    spec.groups = 4;
    return spec;
}

// The sizes of tools/golden/unet.py.
UnetSpec golden_spec() {
    UnetSpec spec;
    spec.widths = {8, 8, 12};
    spec.depths = {1, 2, 0};
    spec.middle_depth = 1;
    spec.blocks = 1;
    spec.heads = 2;
    spec.context_width = 6;
    spec.groups = 4;
    return spec;
}

constexpr double kTolerance = 2e-5;

void expect_case(const Unet& unet, const support::GoldenFile& file, const std::string& name) {
    const auto noisy = file.get(name + ".noisy").clone().requires_grad_();
    const auto context = file.get(name + ".context").clone().requires_grad_();
    const auto predicted = unet(noisy, file.get(name + ".timesteps"), context);
    expect_near(predicted, file.get(name + ".guess"), kTolerance, name);
    (predicted * file.get(name + ".pull")).sum().backward();
    expect_near(noisy.grad(), file.get(name + ".noisy_grad"), kTolerance, name + " noisy");
    expect_near(context.grad(), file.get(name + ".context_grad"), kTolerance, name + " context");
}

Unet random_unet(const UnetSpec& spec) {
    Unet unet(spec);
    nn::InitWeights init(1, 1.0);
    unet.visit(init);
    return unet;
}

}  // namespace

TEST(UnetGolden, PredictsAsDiffusersDoesAndPassesTheSameGradients) {
    const auto file = golden("unet");
    Unet unet(golden_spec());
    load_golden(unet, file);
    expect_case(unet, file, "even");
    expect_gradients(unet, file, kTolerance);  // before the second case adds its own
    expect_case(unet, file, "odd");
}

TEST(Unet, OfStableDiffusionHasItsNamesAndItsNumberOfWeights) {
    Unet unet{UnetSpec{}};
    nn::CountWeights count;
    unet.visit(count);
    EXPECT_EQ(count.tensors, 686);
    EXPECT_EQ(count.numbers, 859'520'964);
    nn::CollectWeights names;
    unet.visit(names);
    for (const auto* name :
         {"time_embed.2.bias", "input_blocks.0.0.weight", "input_blocks.3.0.op.weight",
          "input_blocks.4.0.skip_connection.bias",
          "input_blocks.8.1.transformer_blocks.0.attn2.to_out.0.bias", "middle_block.1.proj_in.weight",
          "output_blocks.2.1.conv.weight", "output_blocks.5.2.conv.bias",
          "output_blocks.11.1.transformer_blocks.0.ff.net.0.proj.weight", "out.2.bias"})
        EXPECT_TRUE(names.tensors.contains(name)) << name;
}

TEST(Unet, KeepsShapeAndDtypeAlsoWhereHalvingRounds) {
    const auto unet = random_unet(tiny_spec());
    const auto context = at::randn({2, 5, 12});
    const auto timesteps = at::tensor({1, 999}, at::kLong);
    for (const auto& sizes : {std::vector<std::int64_t>{2, 4, 8, 8}, {2, 4, 7, 10}}) {
        const auto predicted = unet(at::randn(sizes), timesteps, context);
        EXPECT_EQ(predicted.sizes(), at::IntArrayRef(sizes));
        EXPECT_EQ(predicted.scalar_type(), at::kFloat);
    }
}

TEST(Unet, FrozenWeightsStillPassAGradientToTheContext) {
    const auto unet = random_unet(tiny_spec());
    const auto context = at::randn({1, 5, 12}).requires_grad_();
    unet(at::randn({1, 4, 8, 8}), at::tensor({500}, at::kLong), context).square().mean().backward();
    ASSERT_TRUE(context.grad().defined());
    EXPECT_GT(context.grad().abs().sum().item<float>(), 0);
}

TEST(Unet, InBfloat16StaysNearFloat32) {
    auto unet = random_unet(tiny_spec());
    const auto noisy = at::randn({1, 4, 8, 8}), context = at::randn({1, 5, 12});
    const auto timesteps = at::tensor({500}, at::kLong);
    const auto exact = unet(noisy, timesteps, context);
    nn::ChangeWeights halve([](const std::string&, const at::Tensor& t) { return t.to(at::kBFloat16); });
    unet.visit(halve);
    const auto rough = unet(noisy, timesteps, context);
    EXPECT_EQ(rough.scalar_type(), at::kFloat);
    EXPECT_LT(((rough - exact).norm() / exact.norm()).item<float>(), 0.05);
}

}  // namespace lorikeet::models
