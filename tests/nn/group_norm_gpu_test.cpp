#include "nn/group_norm_gpu.hpp"

#include <gtest/gtest.h>

#include "support/gpu.hpp"
#include "tensor/gpu_kernel.hpp"
#include "tensor/rehearsal.hpp"

namespace lorikeet::nn {
namespace {

struct Case {
    std::int64_t batch, channels, side, groups;
    double mean;
};

struct NormAnswers {
    at::Tensor result, slope;
};

GroupNorm norm_for(const Case& given) {
    GroupNorm norm(given.groups, given.channels, 1e-5);
    norm.weight = at::randn({given.channels}).to(at::kBFloat16);
    norm.bias = at::randn({given.channels}).to(at::kBFloat16);
    return norm;
}

// In float64 on the processor: what both ways round from.
NormAnswers exactly(const at::Tensor& x, const GroupNorm& norm, const at::Tensor& upstream, Then then) {
    const auto wide = [](const at::Tensor& t) { return t.detach().cpu().to(at::kDouble); };
    const auto leaf = wide(x).requires_grad_(true);
    auto result = at::group_norm(leaf, norm.groups, wide(norm.weight), wide(norm.bias), norm.eps);
    if (then == Then::Silu) result = at::silu(result);
    result.backward(wide(upstream));
    return {result.detach(), leaf.grad()};
}

NormAnswers by_kernels(const at::Tensor& x, const GroupNorm& norm, const at::Tensor& upstream, Then then) {
    const auto leaf = x.detach().clone().requires_grad_(true);
    const auto result = then == Then::Silu ? norm.then_silu(leaf) : norm(leaf);
    result.backward(upstream);
    return {result.detach(), leaf.grad()};
}

// Of the largest number. bfloat16 keeps eight bits, so a rounding moves it by up to 1/256 where it is just above a power of 2.
double norm_share_off(const at::Tensor& ours, const at::Tensor& exact) {
    return ((ours.cpu().to(at::kDouble) - exact).abs().max() / exact.abs().max()).item<double>();
}

}  // namespace

TEST(GroupNormThenSilu, IsSiluOfTheNorm) {
    at::manual_seed(5);
    GroupNorm norm(4, 8, 1e-5);
    norm.weight = at::randn({8});
    norm.bias = at::randn({8});
    const auto x = at::randn({2, 8, 3, 5});
    const auto wanted = at::silu(norm(x));
    EXPECT_TRUE(at::equal(norm.then_silu(x), wanted));
    EXPECT_TRUE(at::equal(norm.then_silu(x.clone().requires_grad_(true)), wanted));
}

TEST(GroupNormByKernels, IsForFrozenBfloat16OnAGpuAlone) {
    auto norm = norm_for({1, 64, 8, 32, 0});
    EXPECT_FALSE(goes_by_group_kernels(at::randn({1, 64, 8, 8}).to(at::kBFloat16), norm));
    const auto x = at::empty({1, 64, 8, 8}, at::TensorOptions(at::kMeta).dtype(at::kBFloat16));
    EXPECT_FALSE(goes_by_group_kernels(x, norm));
    const tensor::Rehearsal as_if(at::Device("cuda:0"));
    EXPECT_TRUE(goes_by_group_kernels(x, norm));
    EXPECT_FALSE(goes_by_group_kernels(x.to(at::kFloat), norm));
    norm.weight.requires_grad_(true);
    EXPECT_FALSE(goes_by_group_kernels(x, norm));
}

TEST(GroupNormByKernels, KeepsOnlyItsInputInARehearsal) {
    const tensor::Rehearsal as_if(at::Device("cuda:0"));
    auto norm = norm_for({1, 64, 8, 32, 0});
    norm.weight = norm.weight.to(at::kMeta);
    norm.bias = norm.bias.to(at::kMeta);
    const auto options = at::TensorOptions(at::kMeta).dtype(at::kBFloat16);
    const auto x = at::empty({1, 64, 256, 256}, options, at::MemoryFormat::ChannelsLast).requires_grad_(true);
    const auto before = as_if.now_bytes();
    const auto result = norm.then_silu(x);
    const auto image = static_cast<std::int64_t>(x.nbytes());
    EXPECT_LT(as_if.now_bytes() - before,
              image + image / 16);  // the result and what little the sums take
}

TEST(GroupNormByKernels, TheProcessorMissesNone) { EXPECT_EQ(trouble_with_kernels(at::kCPU), ""); }

TEST(GroupNormByKernelsGpu, AreReady) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    EXPECT_EQ(trouble_with_kernels(gpu), "");
    auto norm = norm_for({1, 64, 8, 32, 0});
    EXPECT_TRUE(
        goes_by_group_kernels(at::zeros({1, 64, 8, 8}, at::TensorOptions(gpu).dtype(at::kBFloat16)), norm));
}

// As near to the exact numbers as one rounding allows, for every width that the models have, for sides that no block divides,
// and for a mean far from 0.
TEST(GroupNormByKernelsGpu, AreExactButForOneRounding) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    at::manual_seed(6);
    for (const auto& given :
         {Case{1, 320, 64, 32, 0}, Case{2, 640, 31, 32, 0}, Case{3, 960, 16, 32, 3}, Case{1, 1280, 32, 32, 0},
          Case{1, 1920, 7, 32, 0}, Case{2, 2560, 8, 32, 0}, Case{1, 320, 32, 32, 100}, Case{5, 32, 3, 8, 0}})
        for (const auto then : {Then::Nothing, Then::Silu}) {
            const std::vector<std::int64_t> sizes{given.batch, given.channels, given.side, given.side};
            auto norm = norm_for(given);
            norm.weight = norm.weight.to(gpu);
            norm.bias = norm.bias.to(gpu);
            const auto x = (at::randn(sizes) + given.mean)
                               .to(gpu, at::kBFloat16)
                               .contiguous(at::MemoryFormat::ChannelsLast);
            const auto upstream = at::randn(sizes).to(gpu, at::kBFloat16);
            ASSERT_TRUE(goes_by_group_kernels(x, norm));
            const auto [result, slope] = by_kernels(x, norm, upstream, then);
            const auto exact = exactly(x, norm, upstream, then);
            EXPECT_LE(norm_share_off(result, exact.result), 1.0 / 256) << given.channels << " " << given.mean;
            EXPECT_LE(norm_share_off(slope, exact.slope), 1.0 / 256) << given.channels << " " << given.mean;
        }
}

}  // namespace lorikeet::nn
