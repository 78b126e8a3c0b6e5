#include "optim/adamw.hpp"

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "optim/clip.hpp"
#include "optim/support.hpp"
#include "support/golden.hpp"

namespace lorikeet::optim {

using support::expect_near;
using support::golden;

// The reference's numbers are a processor's; a card's kernels contract sums and differ in the last bits of ten steps.
double near_enough() { return support::test_device().is_cuda() ? 4e-6 : 1e-6; }

TEST(AdamWGolden, TenStepsWithClippedGradientsAreThoseOfTorch) {
    const auto file = golden("adamw");
    const auto at_step = [&](std::string_view what, std::int64_t step, std::size_t i) {
        return file.get(fmt::format("{}.{}.{}", what, step, i));
    };
    std::vector<at::Tensor> weights;
    for (const auto* name : {"start.0", "start.1", "start.2"})
        weights.push_back(file.get(name).clone().requires_grad_());
    AdamW optimizer(
        {{"text", {"a"}, {weights[0]}, 0.01}, {"unet", {"b", "c"}, {weights[1], weights[2]}, 0.05}},
        {.betas = {0.9, 0.99}, .eps = 1e-7, .weight_decay = 0.1});
    const auto rates = file.get("rates");
    for (std::int64_t step = 0; step < rates.size(0); ++step) {
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i].mutable_grad() = at_step("grad", step, i).clone();
        clip_grad_norm(optimizer.gather(), 1);
        optimizer.step(rates[step].item<double>());
        for (std::size_t i = 0; i < weights.size(); ++i)
            expect_near(weights[i].detach(), at_step("after", step, i), near_enough(),
                        fmt::format("step {}", step));
    }
    const auto state = optimizer.state();
    const std::array names{"a", "b", "c"};
    for (std::size_t i = 0; i < names.size(); ++i)
        for (const auto* key : {"exp_avg", "exp_avg_sq", "step"})
            expect_near(state.at(fmt::format("{}.{}", names[i], key)),
                        file.get(fmt::format("state.{}.{}", i, key)), near_enough(), key);
}

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

// One step by the paper's formula, in double. The decay must not pass through the moments.
TEST(AdamW, TheDecayIsASharePerStepOfTheWeightAlone) {
    constexpr double kRate = 0.25, kDecay = 0.5, kFirst = 0.5, kSecond = 0.75, kEps = 0.125;
    const auto weight = parameter(at::tensor({2.0F, -3.0F}));
    AdamW optimizer({{"all", {"w"}, {weight}, 0.5}},
                    {.betas = {kFirst, kSecond}, .eps = kEps, .weight_decay = kDecay});
    double w = 2, mean = 0, square = 0;
    for (int step = 1; step <= 3; ++step) {
        const double g = step;
        weight.mutable_grad() = at::tensor({static_cast<float>(g), 0.0F});
        optimizer.step(kRate / 0.5);  // times the group's own rate
        mean = kFirst * mean + (1 - kFirst) * g;
        square = kSecond * square + (1 - kSecond) * g * g;
        w -= kRate * kDecay * w;
        w -= kRate * (mean / (1 - std::pow(kFirst, step))) /
             (std::sqrt(square / (1 - std::pow(kSecond, step))) + kEps);
        EXPECT_NEAR(weight[0].item<double>(), w, 1e-6) << step;
        EXPECT_NEAR(weight[1].item<double>(), -3 * std::pow(1 - kRate * kDecay, step), 1e-6) << step;
    }
}

TEST(AdamW, RefusesBetasAndAnEpsThatCannotBe) {
    const auto refused = [](const settings::AdamW& settings) {
        try {
            AdamW({{"all", {"w"}, {parameter(at::zeros({2}))}, 0.1}}, settings);
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(refused({.betas = {0, 0.999}, .eps = 1e-8}), "");
    for (const auto& betas :
         {std::vector<double>{0.9}, {0.9, 0.99, 0.999}, {1, 0.999}, {0.9, 1}, {-0.1, 0.9}})
        EXPECT_EQ(refused({.betas = betas}), "AdamW wants two betas, each from 0 to below 1.")
            << betas.size();
    EXPECT_EQ(refused({.eps = 0}), "AdamW wants an eps above 0.");
    EXPECT_EQ(refused({.eps = NAN}), "AdamW wants an eps above 0.");
}

}  // namespace lorikeet::optim
