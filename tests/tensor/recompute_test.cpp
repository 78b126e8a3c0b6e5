#include "tensor/recompute.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "support/tensor_memory.hpp"
#include "tensor/precision.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tensor {
namespace {

at::Tensor numbers(std::uint64_t seed, at::IntArrayRef sizes) {
    auto generator = tensor::generator(seed, Stream::Init);
    return at::randn(sizes, generator, at::kFloat);
}

// x + drop(gelu(x A)) B + (x * signal) C, with weights of its own and draws that depend on their place.
struct Layer {
    at::Tensor a, b, c;
    std::uint64_t place = 0;
    mutable int runs = 0;

    explicit Layer(std::uint64_t index)
        : a(numbers(3 * index, {8, 64}).requires_grad_()),
          b(numbers(3 * index + 1, {64, 8}).requires_grad_()),
          c(numbers(3 * index + 2, {8, 8}).requires_grad_()),
          place(index) {}
    at::Tensor operator()(const at::Tensor& x, const at::Tensor& signal) const {
        ++runs;
        auto draw = tensor::generator(7, Stream::Dropout, place);
        const auto wide = at::gelu(at::matmul(x, a));
        const auto mask = at::empty(wide.sizes(), at::kFloat).bernoulli_(0.5, draw);
        return x + at::matmul(wide * mask, b) + at::matmul(x * signal, c) * signal;
    }
};

struct Stack {
    std::vector<Layer> layers;
    at::Tensor x = numbers(100, {32, 8}).requires_grad_();
    at::Tensor signal = numbers(101, {32, 8}).requires_grad_();

    Stack() {
        for (std::uint64_t i = 0; i < 6; ++i) layers.emplace_back(i);
    }
    // Every gradient, that of the inputs first.
    std::vector<at::Tensor> gradients(Recompute mode, at::ScalarType compute = at::kFloat) const {
        at::Tensor h = x, sum;
        {
            const Autocast autocast(at::kCPU, compute);
            const RecomputeScope scope(mode);
            for (const auto& layer : layers) {
                h = as_block(layer, h, signal);
                sum = sum.defined() ? sum + h
                                    : h;  // blocks are also read from the side, as by a UNet's way up
            }
        }
        sum.square().mean().backward();
        std::vector<at::Tensor> all{x, signal};
        for (const auto& layer : layers) all.insert(all.end(), {layer.a, layer.b, layer.c});
        for (auto& one : all) {
            const auto gradient = one.grad().clone();
            one.mutable_grad().reset();
            one = gradient;
        }
        return all;
    }
    int runs() const {
        int count = 0;
        for (const auto& layer : layers) count += std::exchange(layer.runs, 0);
        return count;
    }
};

void expect_equal(const std::vector<at::Tensor>& ours, const std::vector<at::Tensor>& wanted) {
    ASSERT_EQ(ours.size(), wanted.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        EXPECT_GT(wanted[i].abs().max().item<float>(), 0) << i;
        EXPECT_TRUE(at::equal(ours[i], wanted[i])) << i;
    }
}

}  // namespace

TEST(Recompute, GradientsOfInputsAndWeightsAreEqualBitForBit) {
    const Stack stack;
    expect_equal(stack.gradients(Recompute::On), stack.gradients(Recompute::Off));
}

TEST(Recompute, AlsoUnderAutocastWhichIsOverWhenTheGradientIsComputed) {
    const Stack stack;
    const auto off = stack.gradients(Recompute::Off, at::kBFloat16);
    expect_equal(stack.gradients(Recompute::On, at::kBFloat16), off);
    EXPECT_FALSE(at::equal(off[0], stack.gradients(Recompute::Off)[0]));
    EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
}

TEST(Recompute, EveryBlockRunsTwiceAndWithoutAGradientOnce) {
    const Stack stack;
    stack.gradients(Recompute::Off);
    EXPECT_EQ(stack.runs(), 6);
    stack.gradients(Recompute::On);
    EXPECT_EQ(stack.runs(), 12);
    const RecomputeScope scope(Recompute::On);
    const at::NoGradGuard no_gradient;
    EXPECT_FALSE(as_block(stack.layers[0], stack.x, stack.signal).requires_grad());
    EXPECT_EQ(stack.runs(), 1);
}

TEST(Recompute, TheMostMemoryOfAStepFalls) {
    const Stack stack;
    auto& memory = support::TensorMemory::instance();
    const auto peak_of = [&](Recompute mode) {
        const auto before = memory.now();
        memory.forget_peak();
        stack.gradients(mode);
        return memory.peak() - before;
    };
    const auto off = peak_of(Recompute::Off), on = peak_of(Recompute::On);
    EXPECT_LT(static_cast<double>(on), 0.6 * static_cast<double>(off));
}

TEST(Recompute, ABlockWithoutAGradientBeforeItKeepsThatOfItsWeights) {
    const Layer layer(1);
    const auto x = numbers(1, {4, 8}), signal = numbers(2, {4, 8});
    const RecomputeScope scope(Recompute::On);
    as_block(layer, x, signal).sum().backward();
    EXPECT_TRUE(layer.a.grad().defined());
    EXPECT_EQ(layer.runs, 1);
}

TEST(Recompute, AFailureWithinTheSecondPassLeavesTheThreadAsItWas) {
    const auto x = numbers(1, {4, 8}).requires_grad_();
    int runs = 0;
    const BlockRun fails_again = [&runs](const std::vector<at::Tensor>& in) {
        if (++runs == 2) throw std::bad_alloc();
        return in[0] * 2;
    };
    at::Tensor y;
    {
        const Autocast autocast(at::kCPU, at::kBFloat16);
        const RecomputeScope scope(Recompute::On);
        y = run_block(fails_again, {x});
    }
    EXPECT_THROW(y.sum().backward(), std::bad_alloc);
    EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
    EXPECT_TRUE(at::GradMode::is_enabled());
    EXPECT_FALSE(x.grad().defined());
}

}  // namespace lorikeet::tensor
