#include "tensor/rehearsal.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "support/tensor_memory.hpp"

namespace lorikeet::tensor {
namespace {

using Work = std::function<at::Tensor(const at::Tensor& x, const at::TensorOptions& options)>;

// What the gradient of `work` takes at most beyond its input, rehearsed and on the processor. The input is an image,
// channels last.
struct Peaks {
    std::int64_t rehearsed = 0;
    std::int64_t real = 0;
};
Peaks peaks_of(const Work& work, at::ScalarType type) {
    const auto run = [&](at::Device device) {
        const auto options = at::TensorOptions(device).dtype(type);
        auto x =
            at::zeros({2, 64, 24, 20}, options).contiguous(at::MemoryFormat::ChannelsLast).requires_grad_();
        return [=] { work(x, options).square().mean().backward(); };
    };
    Peaks peaks;
    {
        Rehearsal rehearsal;
        const auto step = run(at::kMeta);
        const auto before = rehearsal.now_bytes();
        rehearsal.forget_peak();
        step();
        peaks.rehearsed = rehearsal.peak_bytes() - before;
    }
    auto& memory = support::TensorMemory::instance();
    const auto step = run(at::kCPU);
    const auto before = memory.now();
    memory.forget_peak();
    step();
    peaks.real = static_cast<std::int64_t>(memory.peak() - before);
    return peaks;
}

at::Tensor tokens_of(const at::Tensor& x) { return x.permute({0, 2, 3, 1}).flatten(1, 2); }
at::Tensor heads_of(const at::Tensor& t) { return t.unflatten(-1, {4, 16}).transpose(1, 2); }

Work convolution(std::int64_t stride) {
    return [stride](const at::Tensor& x, const at::TensorOptions& o) {
        return at::conv2d(x, at::zeros({64, 64, 3, 3}, o), at::zeros({64}, o), stride, 1);
    };
}

constexpr std::int64_t kImage = 2 * 64 * 24 * 20;  // numbers of the input

// What the operation takes beside its result, forwards or backwards, the larger of the two.
std::int64_t scratch_of_convolution(std::int64_t stride, at::ScalarType type) {
    const at::NoGradGuard no_gradient;
    const auto options = at::TensorOptions(type);
    const auto x = at::zeros({2, 64, 24, 20}, options).contiguous(at::MemoryFormat::ChannelsLast);
    const auto weight = at::zeros({64, 64, 3, 3}, options), bias = at::zeros({64}, options);
    auto& memory = support::TensorMemory::instance();
    const auto beyond_result = [&](const auto& work) {
        const auto before = memory.now();
        memory.forget_peak();
        const at::Tensor result = work();
        return static_cast<std::int64_t>(memory.peak() - before - result.nbytes());
    };
    at::Tensor y;
    const auto forward = beyond_result([&] { return y = at::conv2d(x, weight, bias, stride, 1); });
    const auto slope = at::ones_like(y);
    const auto backward = beyond_result([&] {
        return std::get<0>(at::convolution_backward(slope, x, weight, at::IntArrayRef{64}, {stride, stride},
                                                    {1, 1}, {1, 1}, false, {0, 0}, 1, {true, false, false}));
    });
    return std::max(forward, backward);
}

}  // namespace

TEST(Rehearsal, CountsWhatTheProcessorAllocates) {
    const std::vector<std::pair<std::string, Work>> all{
        {"layer norm",
         [](const auto& x, const auto& o) {
             return at::layer_norm(tokens_of(x), {64}, at::ones({64}, o), at::zeros({64}, o));
         }},
        {"gate",
         [](const auto& x, const auto& o) {
             const auto halves = at::linear(tokens_of(x), at::zeros({512, 64}, o)).chunk(2, -1);
             return at::linear(halves[0] * at::gelu(halves[1]), at::zeros({64, 256}, o));
         }},
        {"larger",
         [](const auto& x, const auto&) {
             return at::upsample_nearest2d(x, {48, 40});
         }},
    };
    for (const auto& [name, work] : all)
        for (const auto type : {at::kFloat, at::kBFloat16}) {
            const auto [rehearsed, real] = peaks_of(work, type);
            EXPECT_NEAR(static_cast<double>(rehearsed), static_cast<double>(real),
                        0.03 * static_cast<double>(real))
                << name << " " << c10::toString(type);
        }
}

// Which scratch oneDNN wants depends on the processor: it is asked for by the operation itself, here and now.
TEST(Rehearsal, AConvolutionTakesWhatWasRehearsedAndItsOwnScratch) {
    for (const std::int64_t stride : {1, 2})
        for (const auto type : {at::kFloat, at::kBFloat16}) {
            const auto [rehearsed, real] = peaks_of(convolution(stride), type);
            EXPECT_GE(real, rehearsed) << c10::toString(type) << ", stride " << stride;
            EXPECT_LE(real, rehearsed + scratch_of_convolution(stride, type))
                << c10::toString(type) << ", stride " << stride;
        }
}

// Where neither oneDNN nor our kernels compute in bfloat16, ATen writes down what the kernel sees of every pixel: nine times the
// image, which a forecast has to know.
TEST(Rehearsal, AConvolutionByColumnsIsRehearsedWithThem) {
    if (scratch_of_convolution(1, at::kBFloat16) < 9 * kImage * 2)
        GTEST_SKIP() << "this processor convolves in bfloat16 without columns";
    const auto [rehearsed, real] = peaks_of(convolution(1), at::kBFloat16);
    EXPECT_GE(rehearsed, 9 * kImage * 2);
    EXPECT_LE(real - rehearsed, std::int64_t{64} << 10);
}

// On the way back ATen lays gradient and input of a group norm out again, everywhere but on the processor.
TEST(Rehearsal, AGroupNormTakesWhatItTakesOnAGpu) {
    const auto [rehearsed, real] = peaks_of(
        [](const at::Tensor& x, const at::TensorOptions& o) {
            return at::silu(at::group_norm(x, 8, at::ones({64}, o), at::zeros({64}, o)));
        },
        at::kFloat);
    const std::int64_t tensor = 2 * 64 * 24 * 20 * 4;
    EXPECT_GE(rehearsed, real);
    EXPECT_LE(rehearsed, real + 2 * tensor);
}

// Attention has room of its own for each thread, which shows at this size.
TEST(Rehearsal, AttentionTakesWhatItKeepsAndNotTheProductOfAllTokens) {
    const auto [rehearsed, real] = peaks_of(
        [](const at::Tensor& x, const auto&) {
            const auto heads = heads_of(tokens_of(x));
            return at::scaled_dot_product_attention(heads, heads, heads);
        },
        at::kFloat);
    const std::int64_t tensor = 2 * 64 * 24 * 20 * 4;
    EXPECT_GE(rehearsed, 4 * tensor);
    EXPECT_LE(rehearsed, real);
    EXPECT_LT(real - rehearsed, std::int64_t{4} << 20);
}

TEST(Rehearsal, CountsOnlyWhatWasMadeMeanwhileAndOneAtATime) {
    const auto before = at::empty({1000}, at::kMeta);
    Rehearsal rehearsal;
    const auto start = rehearsal.now_bytes();
    auto one = at::empty({1000}, at::kMeta);
    EXPECT_EQ(rehearsal.now_bytes() - start, 4000);
    one.reset();
    EXPECT_EQ(rehearsal.now_bytes(), start);
    EXPECT_EQ(rehearsal.peak_bytes() - start, 4000);
    EXPECT_ANY_THROW(Rehearsal());
}

}  // namespace lorikeet::tensor
