#include "adapters/lora.hpp"

#include <gtest/gtest.h>

#include "adapters/low_rank.hpp"
#include "base/error.hpp"
#include "tensor/precision.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::adapters {
namespace {

Target linear_target(std::int64_t in, std::int64_t out) {
    Target target;
    target.shape = {in, out, 1, 1, 0};
    return target;
}

Target conv_target(nn::ConvShape shape) {
    Target target;
    target.is_conv = true;
    target.shape = shape;
    return target;
}

at::Tensor draw(at::IntArrayRef sizes, std::uint64_t seed) {
    auto generator = tensor::generator(seed, tensor::Stream::Sample);
    return at::randn(sizes, generator, at::kFloat);
}

void fill(Lora& lora, std::uint64_t seed) {
    lora.up = draw(lora.up.sizes(), seed);
    lora.up.requires_grad_();
    lora.down.requires_grad_();
}

// The formula as it stands in the paper, by ATen's own operations and gradients.
at::Tensor plain(const Lora& lora, const at::Tensor& x, const at::Tensor& y) {
    if (lora.down.dim() == 2) return y + at::linear(at::linear(x, lora.down), lora.up) * lora.scale();
    return y + at::conv2d(at::conv2d(x, lora.down), lora.up) * lora.scale();
}

struct Gradients {
    at::Tensor result, x, y, down, up;
};

template <class Formula>
Gradients gradients_of(Formula formula, Lora& lora, const at::Tensor& x_values, const at::Tensor& y_values) {
    auto x = x_values.clone().requires_grad_(), y = y_values.clone().requires_grad_();
    lora.down.mutable_grad().reset();
    lora.up.mutable_grad().reset();
    const auto result = formula(x, y * 1);
    (result * at::linspace(-1, 1, result.numel()).view(result.sizes())).sum().backward();
    return {result.detach(), x.grad(), y.grad(), lora.down.grad(), lora.up.grad()};
}

void expect_same_as_plain(Lora& lora, const at::Tensor& x, const at::Tensor& y) {
    const auto own = gradients_of([&](auto& a, const auto& b) { return lora.apply(a, b); }, lora, x, y);
    const auto wanted = gradients_of([&](auto& a, const auto& b) { return plain(lora, a, b); }, lora, x, y);
    EXPECT_TRUE(at::allclose(own.result, wanted.result, 1e-5, 1e-5));
    EXPECT_TRUE(at::allclose(own.x, wanted.x, 1e-5, 1e-5));
    EXPECT_TRUE(at::equal(own.y, wanted.y));
    EXPECT_TRUE(at::allclose(own.down, wanted.down, 1e-5, 1e-4));
    EXPECT_TRUE(at::allclose(own.up, wanted.up, 1e-5, 1e-4));
    EXPECT_EQ(own.down.sizes(), lora.down.sizes());
}

}  // namespace

TEST(Lora, FreshAdapterAddsExactlyZero) {
    const ModuleControl control;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto in = 1 + static_cast<std::int64_t>(seed % 7),
                   out = 1 + static_cast<std::int64_t>(seed % 5);
        const Lora linear(linear_target(in, out), 3, 2, control, seed);
        const Lora conv(conv_target({in, out, 1, 1, 0}), 3, 2, control, seed);
        const auto y = draw({2, 6, out}, seed), image = draw({2, out, 3, 2}, seed);
        EXPECT_TRUE(at::equal(linear.apply(draw({2, 6, in}, seed), y.clone()), y)) << "seed " << seed;
        EXPECT_TRUE(at::equal(conv.apply(draw({2, in, 3, 2}, seed), image.clone()), image))
            << "seed " << seed;
    }
}

TEST(Lora, GradientsAreThoseOfThePlainFormula) {
    const ModuleControl control;
    Lora lora(linear_target(5, 7), 3, 1.5, control, 0);
    fill(lora, 1);
    expect_same_as_plain(lora, draw({2, 4, 5}, 2), draw({2, 4, 7}, 3));
}

TEST(Lora, GradientsOfAConvolutionAreRightInBothOrdersOfMemory) {
    const ModuleControl control;
    Lora lora(conv_target({5, 7, 1, 1, 0}), 3, 1.5, control, 0);
    fill(lora, 1);
    const auto x = draw({2, 5, 4, 3}, 2), y = draw({2, 7, 4, 3}, 3);
    const auto last = at::MemoryFormat::ChannelsLast;
    expect_same_as_plain(lora, x, y);
    expect_same_as_plain(lora, x.contiguous(last), y.contiguous(last));
    expect_same_as_plain(lora, x.contiguous(last), y);
    expect_same_as_plain(lora, x, y.contiguous(last));
    expect_same_as_plain(lora, x.narrow(0, 0, 1), y.narrow(0, 0, 1));
}

TEST(Lora, OneNodeWithItsLayerIsTheLayerAndTheLora) {
    const ModuleControl control;
    Lora lora(linear_target(5, 7), 3, 1.5, control, 0);
    fill(lora, 1);
    const auto weight = draw({7, 5}, 4), bias = draw({7}, 5);
    const auto x = draw({2, 4, 5}, 2), mask = draw({8, 3}, 6).gt(0).to(at::kFloat);
    for (const auto& [given_bias, given_mask] : {std::pair{bias, at::Tensor()}, {at::Tensor(), mask}}) {
        const LowRank factors{lora.down, lora.up, lora.scale(), given_mask};
        const auto together = gradients_of(
            [&](auto& a, const auto& b) {
                nn::Linear layer(5, 7);
                layer.weight = weight;
                layer.bias = given_bias;
                return linear_with_low_rank(a, layer, factors) + 0 * b;
            },
            lora, x, draw({2, 4, 7}, 3));
        const auto apart = gradients_of(
            [&](auto& a, const auto& b) {
                const auto layer = at::linear(a, weight, given_bias);
                return add_low_rank(a, layer, factors, Layout::FeaturesLast) + 0 * b;
            },
            lora, x, draw({2, 4, 7}, 3));
        EXPECT_TRUE(at::allclose(together.result, apart.result, 1e-5, 1e-5));
        EXPECT_TRUE(at::allclose(together.x, apart.x, 1e-5, 1e-5));
        EXPECT_TRUE(at::allclose(together.down, apart.down, 1e-5, 1e-5));
        EXPECT_TRUE(at::allclose(together.up, apart.up, 1e-5, 1e-5));
    }
}

TEST(Lora, TrainsAlsoWhereTheInputNeedsNoGradient) {
    const ModuleControl control;
    Lora lora(linear_target(5, 7), 3, 1.5, control, 0);
    fill(lora, 1);
    lora.apply(draw({4, 5}, 2), draw({4, 7}, 3)).sum().backward();
    EXPECT_TRUE(lora.down.grad().defined());
    EXPECT_TRUE(lora.up.grad().defined());
}

TEST(Lora, ComputesInTheDtypeOfItsLayerAndKeepsFloat32Gradients) {
    const ModuleControl control;
    Lora lora(linear_target(5, 7), 3, 1.5, control, 0);
    fill(lora, 1);
    const auto x = draw({4, 5}, 2).requires_grad_();
    const auto y = draw({4, 7}, 3);
    at::Tensor sum;
    {
        const tensor::Autocast autocast(at::kCPU, at::kBFloat16);
        sum = lora.apply(x, y.to(at::kBFloat16));
    }
    EXPECT_EQ(sum.scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::allclose(sum.to(at::kFloat), plain(lora, x, y), 0.03, 0.03));
    sum.sum().backward();
    EXPECT_EQ(lora.down.grad().scalar_type(), at::kFloat);
    EXPECT_EQ(x.grad().scalar_type(), at::kFloat);
}

TEST(Lora, DropoutIsTheSameForTheSameDrawAndKeepsTheMean) {
    ModuleControl control{.dropout = 0.25, .seed = 3, .draw = 5, .window = {}};
    Lora lora(linear_target(4, 2), 400, 400, control, 0);
    lora.up = at::ones_like(lora.up);
    lora.down = at::ones_like(lora.down);
    const auto x = at::ones({50, 4});
    const auto first = lora.apply(x, at::zeros({50, 2}));
    EXPECT_TRUE(at::equal(first, lora.apply(x, at::zeros({50, 2}))));
    EXPECT_NEAR(first.mean().item<double>() / 1600, 1, 0.02);
    control.draw = 6;
    EXPECT_FALSE(at::equal(first, lora.apply(x, at::zeros({50, 2}))));
}

TEST(Lora, AddsItsDeltaToTheWeight) {
    const ModuleControl control;
    Lora lora(conv_target({3, 4, 3, 2, 1}), 2, 1, control, 0);
    fill(lora, 1);
    const auto x = draw({2, 3, 6, 6}, 2), weight = draw({4, 3, 3, 3}, 3);
    const auto run = lora.apply(x, at::conv2d(x, weight, {}, 2, 1));
    EXPECT_TRUE(at::allclose(run, at::conv2d(x, weight + lora.delta(weight, 1), {}, 2, 1), 1e-4, 1e-5));
}

TEST(Lora, RefusesARankBelowOne) {
    const ModuleControl control;
    EXPECT_THROW(Lora(linear_target(2, 2), 0, 1, control, 0), base::Error);
    EXPECT_THROW(Lora(linear_target(2, 2), 1, NAN, control, 0), base::Error);
    EXPECT_EQ(Lora(linear_target(2, 2), 4, 0, control, 0).scale(), 1);
}

}  // namespace lorikeet::adapters
