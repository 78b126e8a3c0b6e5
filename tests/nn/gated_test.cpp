#include "nn/gated.hpp"

#include <gtest/gtest.h>

#include "support/gpu.hpp"

namespace lorikeet::nn {
namespace {

struct Answers {
    at::Tensor result, slope;
};

// Forwards and backwards in float32 by LibTorch's operators: what every other way is held against.
Answers by_operators(const at::Tensor& both, const at::Tensor& upstream) {
    const auto x = both.detach().to(at::kFloat).requires_grad_(true);
    const auto halves = x.chunk(2, -1);
    const auto result = halves[0] * at::gelu(halves[1]);
    result.backward(upstream.to(at::kFloat));
    return {result.detach(), x.grad()};
}

Answers ours(const at::Tensor& both, const at::Tensor& upstream) {
    const auto x = both.detach().clone().requires_grad_(true);
    const auto result = gated_gelu(x);
    result.backward(upstream);
    return {result.detach(), x.grad()};
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kFloat) - b.to(at::kFloat)).abs().max().item<double>();
}

}  // namespace

TEST(GatedGelu, IsValuesTimesGeluOfGates) {
    at::manual_seed(3);
    const auto both = at::randn({2, 5, 24}) * 2, upstream = at::randn({2, 5, 12});
    const auto [result, slope] = ours(both, upstream);
    const auto wanted = by_operators(both, upstream);
    EXPECT_TRUE(at::equal(result, wanted.result));
    EXPECT_TRUE(at::equal(slope, wanted.slope));
}

TEST(GatedGeluGpu, TheKernelsRoundOnceAndNoMore) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    at::manual_seed(4);
    // Many blocks, and a number of rows that none of them divides.
    for (const auto& [rows, width] : {std::pair{1, 8}, std::pair{77, 40}, std::pair{1031, 2560}}) {
        const auto both = (at::randn({1, rows, 2 * width}) * 2).to(gpu, at::kBFloat16);
        const auto upstream = at::randn({1, rows, width}).to(gpu, at::kBFloat16);
        const auto [result, slope] = ours(both, upstream);
        const auto wanted = by_operators(both, upstream);
        EXPECT_EQ(result.scalar_type(), at::kBFloat16);
        // bfloat16 keeps eight bits: half a step of the largest number there is.
        EXPECT_LE(largest_difference(result, wanted.result), wanted.result.abs().max().item<double>() / 256);
        EXPECT_LE(largest_difference(slope, wanted.slope), wanted.slope.abs().max().item<double>() / 256);
        EXPECT_TRUE(at::allclose(result.to(at::kFloat), wanted.result, 1.0 / 128, 1e-6)) << rows;
        EXPECT_TRUE(at::allclose(slope.to(at::kFloat), wanted.slope, 1.0 / 128, 1e-5)) << rows;
    }
}

}  // namespace lorikeet::nn
