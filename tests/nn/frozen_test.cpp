#include "nn/frozen.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/visitors.hpp"
#include "tensor/precision.hpp"

namespace lorikeet::nn {
namespace {

template <class Layer>
Layer with_weights(Layer layer, std::uint64_t seed, at::ScalarType dtype) {
    InitWeights init(seed, 1.0, dtype);
    layer.visit(init, "layer");
    if (layer.bias.defined()) layer.bias.copy_(at::linspace(-1, 1, layer.bias.numel()));
    return layer;
}

template <class Layer>
Layer frozen(Layer layer, at::ScalarType dtype) {
    FreezeWeights freeze(dtype);
    layer.visit(freeze, "layer");
    return layer;
}

// What a layer gives and the gradient of its input, for a fixed weighing of its results.
struct Answer {
    at::Tensor result;
    at::Tensor slope;
};

template <class Layer>
Answer answer_of(const Layer& layer, const at::Tensor& x) {
    const auto input = x.detach().clone().requires_grad_();
    const auto result = layer(input);
    const auto weighing = at::linspace(-1, 1, result.numel(), at::kFloat).view(result.sizes()).sin();
    (result.to(at::kFloat) * weighing).sum().backward();
    return {result.detach().to(at::kFloat), input.grad().to(at::kFloat)};
}

double distance(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

// float32 sums in another order; bfloat16 rounds the result and the gradient that comes in.
double tolerance(at::ScalarType dtype) { return dtype == at::kFloat ? 2e-6 : 5e-3; }

class FrozenIn : public testing::TestWithParam<at::ScalarType> {
  protected:
    void SetUp() override {
        if (!frozen(with_weights(Linear(32, 32), 1, at::kFloat), GetParam()).frozen)
            GTEST_SKIP() << "weights are not laid out on this processor";
    }
    // Against the same weights and input in float32.
    template <class Layer>
    void expect_same(const Layer& shape, const at::Tensor& x) {
        const auto plain = with_weights(shape, 7, GetParam());
        auto exact = plain;
        ChangeWeights widen([](const std::string&, const at::Tensor& w) { return w.to(at::kFloat); });
        exact.visit(widen, "layer");
        const auto rounded = x.to(GetParam());
        const auto wanted = answer_of(exact, rounded.to(at::kFloat));
        const auto layer = frozen(plain, GetParam());
        ASSERT_TRUE(layer.frozen);
        const auto got = answer_of(layer, rounded);
        EXPECT_EQ(got.result.sizes(), wanted.result.sizes());
        EXPECT_LT(distance(got.result, wanted.result), tolerance(GetParam())) << x.sizes();
        EXPECT_LT(distance(got.slope, wanted.slope), tolerance(GetParam())) << x.sizes();
    }
};

INSTANTIATE_TEST_SUITE_P(Dtypes, FrozenIn, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& at) { return std::string(c10::toString(at.param)); });

}  // namespace

TEST_P(FrozenIn, ALinearLayerGivesWhatItGave) {
    at::manual_seed(1);
    for (const std::int64_t rows : {1, 5, 12, 13, 77, 1100})
        expect_same(Linear(96, 320), at::randn({rows, 96}));
    expect_same(Linear(768, 64, Bias::No), at::randn({2, 7, 768}));
    expect_same(Linear(320, 320), at::randn({2, 320, 9}).transpose(1, 2));
}

TEST_P(FrozenIn, AConvolutionGivesWhatItGave) {
    at::manual_seed(2);
    for (const std::int64_t stride : {1, 2})
        for (const auto& [height, width] : {std::pair{8, 8}, {5, 7}, {1, 1}, {2, 3}})
            expect_same(Conv2d({64, 96, 3, stride, 1}), at::randn({2, 64, height, width}));
    expect_same(conv1x1(320, 64), at::randn({3, 320, 4, 4}));
    expect_same(Conv2d({32, 32, 3, 2, 0}), at::randn({1, 32, 9, 9}));
    expect_same(conv3x3(32, 32), at::randn({1, 32, 40, 40}));
}

TEST_P(FrozenIn, TheThreadsDoNotChangeANumber) {
    at::manual_seed(3);
    const auto layer = frozen(with_weights(conv3x3(64, 64), 3, at::kFloat), GetParam());
    const auto x = at::randn({1, 64, 33, 33});
    const auto threads = at::get_num_threads();
    at::set_num_threads(1);
    const auto alone = answer_of(layer, x);
    at::set_num_threads(5);
    const auto together = answer_of(layer, x);
    at::set_num_threads(threads);
    EXPECT_TRUE(at::equal(alone.result, together.result));
    EXPECT_TRUE(at::equal(alone.slope, together.slope));
}

TEST_P(FrozenIn, ThePlainWeightsCanBeHadBack) {
    const auto linear = with_weights(Linear(64, 96), 4, GetParam());
    EXPECT_TRUE(at::equal(frozen(linear, GetParam()).frozen->plain(), linear.weight));
    const auto conv = with_weights(conv3x3(32, 64), 5, GetParam());
    EXPECT_TRUE(at::equal(frozen(conv, GetParam()).frozen->plain(), conv.weight));
    const auto matrix = with_weights(conv1x1(32, 64), 6, GetParam());
    EXPECT_TRUE(at::equal(frozen(matrix, GetParam()).frozen->plain(), matrix.weight));
}

TEST_P(FrozenIn, AFilesDtypeIsCastOnTheWay) {
    for (const auto given : {at::kHalf, at::kFloat, at::kBFloat16}) {
        const auto linear = with_weights(Linear(64, 32), 8, given);
        EXPECT_TRUE(at::equal(frozen(linear, GetParam()).frozen->plain(), linear.weight.to(GetParam())));
        EXPECT_EQ(frozen(linear, GetParam()).bias.scalar_type(), GetParam());
    }
}

TEST_P(FrozenIn, WhoeverReadsTheWeightsThatAreGoneFindsNaN) {
    const auto linear = frozen(with_weights(Linear(64, 32), 9, at::kFloat), GetParam());
    EXPECT_EQ(linear.weight.sizes(), (std::vector<std::int64_t>{32, 64}));
    EXPECT_EQ(linear.weight.scalar_type(), GetParam());
    EXPECT_TRUE(linear.weight.isnan().all().item<bool>());
    EXPECT_LE(linear.weight.storage().nbytes(), 8U);
}

TEST(Frozen, TheMemoryOfItsWeightsIsCountedAsTheyLie) {
    if (!gains_by_strips(at::kFloat)) GTEST_SKIP() << "weights are not laid out on this processor";
    auto layer = frozen(with_weights(Linear(64, 96), 4, at::kHalf), at::kFloat);
    CountBytes count;
    layer.visit(count, "layer");
    EXPECT_EQ(count.bytes, 64 * 96 * 2 + 96 * 4);
    auto plain = with_weights(Linear(64, 96), 4, at::kHalf);
    CountBytes as_loaded;
    plain.visit(as_loaded, "layer");
    EXPECT_EQ(as_loaded.bytes, (64 * 96 + 96) * 2);
}

// Widening changes no digit, so the sums are those over float32 weights.
TEST(Frozen, Float32IsComputedOverTheFilesOwnSixteenBits) {
    at::manual_seed(5);
    for (const auto given : {at::kHalf, at::kBFloat16}) {
        const auto expect_same = [&](const auto& shape, const at::Tensor& x) {
            const auto narrow = with_weights(shape, 11, given);
            auto wide = narrow;
            ChangeWeights widen([](const std::string&, const at::Tensor& w) { return w.to(at::kFloat); });
            wide.visit(widen, "layer");
            const auto layer = frozen(narrow, at::kFloat), reference = frozen(wide, at::kFloat);
            EXPECT_EQ(layer.frozen->panels.scalar_type(), given);
            EXPECT_EQ(2 * layer.frozen->panels.nbytes(), reference.frozen->panels.nbytes());
            EXPECT_TRUE(at::equal(layer.frozen->plain(), reference.frozen->plain()));
            const auto got = answer_of(layer, x), wanted = answer_of(reference, x);
            EXPECT_TRUE(at::equal(got.result, wanted.result)) << given;
            EXPECT_TRUE(at::equal(got.slope, wanted.slope)) << given;
        };
        if (!gains_by_strips(at::kFloat)) GTEST_SKIP() << "weights are not laid out on this processor";
        expect_same(Linear(96, 320), at::randn({77, 96}));
        expect_same(Conv2d({64, 96, 3, 2, 1}), at::randn({2, 64, 9, 7}));
    }
}

TEST(Frozen, TheShortConvolutionGivesWhatTheLongOneGives) {
    at::manual_seed(4);
    const at::NoGradGuard no_gradient;
    for (const auto& [height, width] : {std::pair{64, 64}, {5, 7}, {1, 1}, {4, 31}}) {
        const auto plain = with_weights(conv3x3(64, 96), 5, at::kFloat);
        auto layer = plain;
        FreezeWeights freeze(at::kFloat, {}, Asked::ResultsAlone);
        layer.visit(freeze, "layer");
        if (!layer.frozen) GTEST_SKIP() << "weights are not laid out on this processor";
        EXPECT_TRUE(layer.frozen->is_short);
        const auto x = at::randn({2, 64, height, width});
        EXPECT_LT(distance(layer(x), plain(x)), 1e-5) << height << " x " << width;
    }
}

TEST(Frozen, WhatDoesNotFitAStripStaysAsItIs) {
    const auto narrow = frozen(with_weights(conv3x3(4, 32), 1, at::kHalf), at::kFloat);
    EXPECT_FALSE(narrow.frozen);
    EXPECT_EQ(narrow.weight.scalar_type(), at::kFloat);
    EXPECT_FALSE(narrow.weight.isnan().any().item<bool>());
    EXPECT_FALSE(frozen(with_weights(Linear(32, 32), 1, at::kFloat), at::kDouble).frozen);
}

TEST(Frozen, TheGradientHasTheDtypeOfTheInputUnderAutocast) {
    const auto layer = frozen(with_weights(Linear(64, 32), 2, at::kFloat), at::kBFloat16);
    const auto x = at::ones({3, 64}).requires_grad_();
    {
        const tensor::Autocast autocast(at::kCPU, at::kBFloat16);
        const auto y = layer(x);
        EXPECT_EQ(y.scalar_type(), at::kBFloat16);
        y.sum().backward();
    }
    EXPECT_EQ(x.grad().scalar_type(), at::kFloat);
}

}  // namespace lorikeet::nn
