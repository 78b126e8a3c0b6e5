#include "tensor/rehearsal.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "support/tensor_memory.hpp"

namespace lorikeet::tensor {
namespace {

using Work = std::function<at::Tensor(const at::Tensor& x, const at::TensorOptions& options)>;

// What the gradient of `work` takes at most beyond its input, rehearsed and on the processor. The input is a picture,
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

TEST(Rehearsal, AConvolutionTakesWhatItTakesAndALittleScratch) {
    const auto scratch = std::int64_t{64} << 10;
    for (const auto type : {at::kFloat, at::kBFloat16}) {
        const auto [rehearsed, real] = peaks_of(convolution(1), type);
        EXPECT_GE(real, rehearsed) << c10::toString(type);
        EXPECT_LE(real, rehearsed + scratch) << c10::toString(type);
    }
}

// oneDNN's way back through a stride of 2 has scratch of its own, which is not rehearsed: at this size as much as three copies of
// the weights (483 KB in float32), at four times the pixels 864 KB. A U-Net has two or three such layers.
TEST(Rehearsal, AStrideTakesScratchBeyond) {
    for (const auto type : {at::kFloat, at::kBFloat16}) {
        const auto [rehearsed, real] = peaks_of(convolution(2), type);
        const auto weights = std::int64_t{64} * 64 * 9 * static_cast<std::int64_t>(at::elementSize(type));
        EXPECT_GE(real, rehearsed) << c10::toString(type);
        EXPECT_LE(real, rehearsed + 3 * weights + (std::int64_t{64} << 10)) << c10::toString(type);
    }
}

// On the way back ATen lays gradient and input of a group norm out anew, everywhere but on the processor.
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
