#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "optim/adamw.hpp"
#include "optim/clip.hpp"
#include "optim/lr_schedule.hpp"

namespace lorikeet::optim {
namespace {

at::Tensor parameter(at::Tensor values) { return values.requires_grad_(); }

// One step towards weight = target under a squared error.
void descend(Optimizer& optimizer, const at::Tensor& weight, const at::Tensor& target) {
    optimizer.zero_grad();
    (weight - target).square().sum().backward();
    optimizer.step(1);
}

}  // namespace

TEST(AdamW, SolvesASmallProblem) {
    const auto target = at::linspace(-1, 1, 12).view({3, 4});
    auto weight = parameter(at::zeros({3, 4}));
    AdamW optimizer({{"all", {"w"}, {weight}, 0.05}}, {.weight_decay = 0});
    for (int i = 0; i < 300; ++i) descend(optimizer, weight, target);
    EXPECT_LT((weight - target).abs().max().item<double>(), 1e-3);
}

TEST(AdamW, GoesOnFromASavedStateAsIfNeverStopped) {
    const auto target = at::linspace(-1, 1, 6);
    auto straight = parameter(at::zeros({6}));
    AdamW never_stopped({{"all", {"w"}, {straight}, 0.1}}, {});
    for (int i = 0; i < 4; ++i) descend(never_stopped, straight, target);

    auto resumed = parameter(straight.detach().clone());
    AdamW second({{"all", {"w"}, {resumed}, 0.1}}, {});
    second.load_state(never_stopped.state());
    for (int i = 0; i < 4; ++i) {
        descend(never_stopped, straight, target);
        descend(second, resumed, target);
    }
    EXPECT_TRUE(at::equal(straight, resumed));
}

TEST(AdamW, LeavesParametersWithoutAGradientAlone) {
    auto used = parameter(at::ones({2}));
    auto unused = parameter(at::ones({2}));
    AdamW optimizer({{"all", {"used", "unused"}, {used, unused}, 0.1}}, {});
    used.sum().backward();
    optimizer.step(1);
    EXPECT_FALSE(at::equal(used, at::ones({2})));
    EXPECT_TRUE(at::equal(unused, at::ones({2})));
    EXPECT_EQ(optimizer.state().size(), 3U);
    std::int64_t bytes = 0;
    for (const auto& [name, tensor] : optimizer.state()) bytes += static_cast<std::int64_t>(tensor.nbytes());
    EXPECT_EQ(optimizer.state_bytes(), 2 * bytes);  // both of them will have one
}

TEST(AdamW, RefusesAStateOfAnotherNetwork) {
    auto weight = parameter(at::zeros({2}));
    AdamW optimizer({{"all", {"w"}, {weight}, 0.1}}, {});
    EXPECT_THROW(optimizer.load_state({{"other.step", at::zeros({})}}), base::Error);
    EXPECT_THROW(
        optimizer.load_state(
            {{"w.exp_avg", at::zeros({3})}, {"w.exp_avg_sq", at::zeros({3})}, {"w.step", at::zeros({})}}),
        base::Error);
}

TEST(AdamW, AStepThatIsQueuedIsTheSameStep) {
    const auto target = at::linspace(-1, 1, 6);
    auto direct = parameter(at::zeros({6})), queued = parameter(at::zeros({6}));
    constexpr double kRate = 1.0 / 64;  // the same in float32
    AdamW first({{"all", {"w"}, {direct}, kRate}}, {}), second({{"all", {"w"}, {queued}, kRate}}, {});
    const auto rates = at::full({1}, kRate), fine = at::zeros({}), broken = at::ones({});
    for (int i = 0; i < 5; ++i) {
        descend(first, direct, target);
        second.zero_grad();
        (queued - target).square().sum().backward();
        second.step_queued(rates, fine);
        EXPECT_TRUE(at::equal(direct, queued)) << i;
    }
    const auto before = queued.detach().clone();
    second.step_queued(rates, broken);
    EXPECT_TRUE(at::equal(queued, before));
    EXPECT_EQ(second.state().at("w.step").item<float>(), 5);
}

TEST(Optimizer, RefusesParametersThatAreNotFloat32) {
    EXPECT_THROW(AdamW({{"all", {"w"}, {at::zeros({2}, at::kHalf)}, 0.1}}, {}), base::Error);
}

TEST(ClipGradNorm, ScalesOnlyWhatIsTooLong) {
    auto a = parameter(at::zeros({2})), b = parameter(at::zeros({1})), without = parameter(at::zeros({1}));
    a.mutable_grad() = at::tensor({3.0F, 0.0F});
    b.mutable_grad() = at::tensor({4.0F});
    const std::vector<at::Tensor> all{a, b, without};
    EXPECT_NEAR(clip_grad_norm(all, 0), 5, 1e-6);
    EXPECT_NEAR(clip_grad_norm(all, 10), 5, 1e-6);
    EXPECT_FLOAT_EQ(b.grad().item<float>(), 4);
    EXPECT_NEAR(clip_grad_norm(all, 1), 5, 1e-6);
    EXPECT_NEAR(b.grad().item<double>(), 0.8, 1e-5);
    EXPECT_NEAR(clip_grad_norm(all, 0), 1, 1e-5);
}

TEST(ClipGradNorm, QueuedItDoesTheSame) {
    for (const double most : {0.0, 1.0, 10.0}) {
        auto a = parameter(at::zeros({2})), b = parameter(at::zeros({2}));
        const std::vector<at::Tensor> first{a}, second{b};
        a.mutable_grad() = at::tensor({3.0F, 4.0F});
        b.mutable_grad() = at::tensor({3.0F, 4.0F});
        EXPECT_NEAR(clip_grad_norm_queued(second, most).item<double>(), clip_grad_norm(first, most), 1e-6);
        EXPECT_TRUE(at::allclose(a.grad(), b.grad(), 1e-6)) << most;
    }
    EXPECT_FALSE(clip_grad_norm_queued(std::vector<at::Tensor>{parameter(at::zeros({2}))}, 1).defined());
}

TEST(ClipGradNorm, LeavesGradientsThatAreNotFinite) {
    auto a = parameter(at::zeros({2}));
    a.mutable_grad() = at::tensor({INFINITY, 1.0F});
    EXPECT_TRUE(std::isinf(clip_grad_norm(std::vector<at::Tensor>{a}, 1)));
    EXPECT_FLOAT_EQ(a.grad()[1].item<float>(), 1);
}

TEST(LrSchedule, TakesTheWarmUpAsAShareOrAsSteps) {
    EXPECT_EQ(warmup_steps({.warmup = 0.05}, 210), 10);
    EXPECT_EQ(warmup_steps({.warmup = 7}, 210), 7);
    EXPECT_EQ(rate_at({settings::ScheduleShape::Constant, 4}, 0, 100), 0);
    EXPECT_EQ(rate_at({settings::ScheduleShape::Constant, 4}, 2, 100), 0.5);
    EXPECT_EQ(rate_at({settings::ScheduleShape::Constant, 4}, 4, 100), 1);
    EXPECT_EQ(rate_at({settings::ScheduleShape::Linear, 0}, 100, 100), 0);
}

TEST(LrSchedule, OnlyAConstantRateBeyondItsWarmUpCanBeStretched) {
    using settings::ScheduleShape;
    EXPECT_TRUE(can_be_stretched({ScheduleShape::Constant, 0}, 0, 100));
    EXPECT_TRUE(can_be_stretched({ScheduleShape::Constant, 0.1}, 10, 100));
    EXPECT_FALSE(can_be_stretched({ScheduleShape::Constant, 0.1}, 10, 200));
    EXPECT_FALSE(can_be_stretched({ScheduleShape::Cosine, 0}, 50, 100));
    EXPECT_FALSE(can_be_stretched({ScheduleShape::Linear, 0}, 50, 100));
}

}  // namespace lorikeet::optim
