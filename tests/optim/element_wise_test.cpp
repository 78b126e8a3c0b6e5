#include "optim/element_wise.hpp"

#include <array>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "optim/adamw.hpp"
#include "optim/clip.hpp"
#include "tensor/flat.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::optim {
namespace {

// Five tensors that follow one another but for the third, whose odd size leaves a gap behind it.
const std::vector<std::vector<std::int64_t>> kShapes{{4, 32}, {64, 2}, {3, 5}, {32, 4}, {2, 32, 1, 1}};

std::vector<at::Tensor> values() {
    std::vector<at::Tensor> all;
    std::uint64_t index = 0;
    for (const auto& shape : kShapes)
        all.push_back(at::randn(shape, tensor::generator(7, tensor::Stream::Init, index++), at::kFloat));
    return all;
}

enum class Lie { Flat, Apart };

struct WeightsUnder {
    std::vector<at::Tensor> weights;
    std::unique_ptr<AdamW> optimizer;

    explicit WeightsUnder(Lie lie, std::vector<at::Tensor> from = values(),
                          at::ScalarType type = at::kFloat) {
        weights = tensor::lay_flat(from, at::kCPU, type);
        for (auto& weight : weights) weight = (lie == Lie::Flat ? weight : weight.clone()).requires_grad_();
        ParamGroup text{"text", {"a", "b"}, {weights[0], weights[1]}, 0.01};
        ParamGroup unet{"unet", {"c", "d", "e"}, {weights[2], weights[3], weights[4]}, 0.05};
        optimizer = std::make_unique<AdamW>(std::vector{text, unet}, settings::AdamW{.weight_decay = 0.1});
    }
    // Gradients of step `step` for the weights whose letter is in `which`.
    void learn(std::uint64_t step, std::string_view which) const {
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (which.find("abcde"[i]) == std::string_view::npos) continue;
            auto generator = tensor::generator(11, tensor::Stream::Noise, step, i);
            weights[i].mutable_grad() =
                at::randn(kShapes[i], generator, at::kFloat).to(weights[i].scalar_type());
        }
    }
    double move(std::uint64_t step, std::string_view which) const {
        learn(step, which);
        const double norm = clip_grad_norm(optimizer->gather(), 1);
        optimizer->step(1 - 0.1 * static_cast<double>(step));
        optimizer->zero_grad();
        return norm;
    }
    double queue(std::uint64_t step, std::string_view which, double broken) const {
        learn(step, which);
        const auto norm = clip_grad_norm_queued(optimizer->gather(), 1).item<double>();
        optimizer->step_queued(at::tensor({0.01F, 0.05F}), at::scalar_tensor(broken, at::kFloat));
        optimizer->zero_grad();
        return norm;
    }
};

void expect_same(const WeightsUnder& ours, const WeightsUnder& wanted, const std::string& when) {
    for (std::size_t i = 0; i < ours.weights.size(); ++i)
        EXPECT_TRUE(at::equal(ours.weights[i], wanted.weights[i])) << when << " weight " << i;
    const auto state = wanted.optimizer->state(), got = ours.optimizer->state();
    EXPECT_EQ(got.size(), state.size()) << when;
    for (const auto& [name, tensor] : state) {
        ASSERT_TRUE(got.contains(name)) << when << " " << name;
        EXPECT_TRUE(at::equal(got.at(name), tensor)) << when << " " << name;
        EXPECT_EQ(got.at(name).sizes(), tensor.sizes()) << name;
    }
}

// Who has a gradient, step by step: all, then some leave, come back and join late.
constexpr std::array<std::string_view, 8> kWho{"abde", "abde", "ade", "abde", "bcd", "abcde", "e", "abcde"};

}  // namespace

TEST(ElementWise, TensorsInOneBufferMoveAsTheyDoOneByOneBitForBit) {
    const WeightsUnder flat(Lie::Flat), apart(Lie::Apart);
    for (std::uint64_t step = 0; step < kWho.size(); ++step) {
        EXPECT_EQ(flat.move(step, kWho[step]), apart.move(step, kWho[step])) << step;
        expect_same(flat, apart, fmt::format("step {}", step));
    }
    EXPECT_EQ(flat.optimizer->state().at("b.step").item<float>(), 6);
    EXPECT_EQ(flat.optimizer->state().at("c.step").item<float>(), 3);
}

TEST(ElementWise, QueuedTheyDoToo) {
    const WeightsUnder flat(Lie::Flat), apart(Lie::Apart);
    for (std::uint64_t step = 0; step < kWho.size(); ++step) {
        const double broken = step % 3 == 2 ? 1 : 0;
        EXPECT_EQ(flat.queue(step, kWho[step], broken), apart.queue(step, kWho[step], broken)) << step;
        expect_same(flat, apart, fmt::format("step {}", step));
    }
}

TEST(ElementWise, GradientsAreGatheredIntoOneTensorForEachStretch) {
    const WeightsUnder flat(Lie::Flat), apart(Lie::Apart);
    for (const auto* bench : {&flat, &apart}) bench->learn(0, "abcde");
    const auto wanted = gradients_of(apart.optimizer->parameters());
    const auto gathered = flat.optimizer->gather();
    ASSERT_EQ(gathered.size(), 3U) << "text; c, which ends a stretch; d and e";
    EXPECT_EQ(gathered[0].counts, (std::vector<std::int64_t>{128, 128}));
    EXPECT_TRUE(at::equal(gathered[2].all, at::cat({wanted[3].all.flatten(), wanted[4].all.flatten()})));
    for (const auto& weight : flat.weights)
        EXPECT_FALSE(weight.grad().defined()) << "its memory is given back";
    EXPECT_EQ(apart.optimizer->gather().size(), 5U);
}

TEST(ElementWise, ForgottenGradientsMoveNothing) {
    const WeightsUnder flat(Lie::Flat), before(Lie::Flat);
    flat.learn(0, "abcde");
    flat.optimizer->gather();
    flat.optimizer->zero_grad();
    flat.optimizer->step(1);
    for (std::size_t i = 0; i < flat.weights.size(); ++i)
        EXPECT_TRUE(at::equal(flat.weights[i], before.weights[i]));
}

TEST(ElementWise, OnceStoppedItGoesOnAsIfItNeverHad) {
    for (std::uint64_t stop = 1; stop < kWho.size(); ++stop) {
        const WeightsUnder straight(Lie::Flat);
        for (std::uint64_t step = 0; step < stop; ++step) straight.move(step, kWho[step]);
        std::vector<at::Tensor> then;
        for (const auto& weight : straight.weights) then.push_back(weight.detach().clone());
        const WeightsUnder resumed(Lie::Flat, then);
        resumed.optimizer->load_state(straight.optimizer->state());
        expect_same(resumed, straight, "loaded");
        for (auto step = stop; step < kWho.size(); ++step) {
            straight.move(step, kWho[step]);
            resumed.move(step, kWho[step]);
        }
        expect_same(resumed, straight, fmt::format("stopped at {}", stop));
    }
}

TEST(ElementWise, AStateThatDoesNotFitChangesNothing) {
    const WeightsUnder bench(Lie::Flat), wanted(Lie::Flat);
    for (const auto* one : {&bench, &wanted}) one->move(0, "abcde");
    auto state = wanted.optimizer->state();
    state["d.exp_avg"] = at::zeros({3});
    EXPECT_THROW(bench.optimizer->load_state(state), base::Error);
    state = wanted.optimizer->state();
    state["f.exp_avg"] = at::zeros({3});
    EXPECT_THROW(bench.optimizer->load_state(state), base::Error);
    for (const auto* one : {&bench, &wanted}) one->move(1, "abcde");
    expect_same(bench, wanted, "after it");
}

TEST(ElementWise, IsArrangedAgainWhenOthersHaveAGradient) {
    const WeightsUnder bench(Lie::Flat);
    bench.move(0, "ab");
    const auto first = bench.optimizer->arrangement();
    bench.move(1, "ab");
    EXPECT_EQ(bench.optimizer->arrangement(), first);
    bench.move(2, "abc");
    EXPECT_NE(bench.optimizer->arrangement(), first);
}

TEST(ElementWise, NoStretchIsLongerThanWhatGatheringMayTake) {
    const auto half = ElementWise::kLongest / 2;
    const auto weights =
        tensor::lay_flat({at::zeros({half}), at::zeros({half}), at::zeros({half})}, at::kCPU, at::kFloat);
    AdamW optimizer({{"unet", {"a", "b", "c"}, weights, 0.1}}, {});
    for (const auto& weight : weights) weight.mutable_grad() = at::ones({half});
    const auto gathered = optimizer.gather();
    ASSERT_EQ(gathered.size(), 2U);
    EXPECT_EQ(gathered[0].all.numel(), ElementWise::kLongest);
    EXPECT_EQ(gathered[1].all.numel(), half);
}

// Each weight is the rounded master; the master goes the way of a float32 weight.
TEST(ElementWise, WeightsOfLessThanFloat32HaveAMaster) {
    for (const auto type : {at::kBFloat16, at::kHalf})
        for (const auto lie : {Lie::Flat, Lie::Apart}) {
            auto start = values();
            for (auto& one : start) one = one.to(type).to(at::kFloat);
            const WeightsUnder low(lie, start, type), full(lie, start);
            for (std::uint64_t step = 0; step < 4; ++step) {
                low.learn(step, "abcde");
                full.learn(step, "abcde");
                for (const auto& weight : full.weights)
                    weight.mutable_grad() = weight.grad().to(type).to(at::kFloat);
                for (const auto* one : {&low, &full}) {
                    clip_grad_norm(one->optimizer->gather(), 1);
                    one->optimizer->step(1);
                }
            }
            const auto state = low.optimizer->state();
            EXPECT_EQ(state.size(), 20U);
            for (std::size_t i = 0; i < full.weights.size(); ++i) {
                EXPECT_TRUE(at::equal(state.at(fmt::format("{}.master", "abcde"[i])), full.weights[i])) << i;
                EXPECT_TRUE(at::equal(low.weights[i], full.weights[i].to(type))) << i;
            }
            EXPECT_EQ(state.at("a.exp_avg").scalar_type(), at::kFloat);
            std::int64_t bytes = 0;
            for (const auto& [name, tensor] : state) bytes += static_cast<std::int64_t>(tensor.nbytes());
            EXPECT_EQ(low.optimizer->state_bytes(), bytes);
            const WeightsUnder resumed(lie, start, type);
            resumed.optimizer->load_state(state);
            EXPECT_TRUE(at::equal(resumed.optimizer->state().at("d.master"), state.at("d.master")));
        }
}

TEST(ElementWise, RefusesWeightsThatAreNoFloatingPointNumbers) {
    EXPECT_THROW(AdamW({{"all", {"w"}, {at::zeros({2}, at::kInt)}, 0.1}}, {}), base::Error);
    EXPECT_THROW(AdamW({{"all", {"w"}, {at::zeros({2}, at::kDouble)}, 0.1}}, {}), base::Error);
}

}  // namespace lorikeet::optim
