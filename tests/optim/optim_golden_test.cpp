#include <array>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "optim/adamw.hpp"
#include "optim/clip.hpp"
#include "optim/lr_schedule.hpp"
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
    const auto rates = file.get("rates"), norms = file.get("norms");
    for (std::int64_t step = 0; step < rates.size(0); ++step) {
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i].mutable_grad() = at_step("grad", step, i).clone();
        EXPECT_NEAR(clip_grad_norm(optimizer.parameters(), 1), norms[step].item<double>(), 1e-5);
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

TEST(LrScheduleGolden, RatesAreThoseOfDiffusers) {
    const auto file = golden("lr_schedule");
    using settings::ScheduleShape;
    for (const auto& [shape, name] : {std::pair{ScheduleShape::Constant, "constant"},
                                      {ScheduleShape::Linear, "linear"},
                                      {ScheduleShape::Cosine, "cosine"}})
        for (const int warmup : {0, 1, 6}) {
            const auto rates = file.get(fmt::format("{}.{}", name, warmup));
            for (std::int64_t step = 0; step < rates.size(0); ++step)
                EXPECT_NEAR(rate_at({shape, static_cast<double>(warmup)}, step, rates.size(0)),
                            rates[step].item<double>(), 1e-12)
                    << name << " " << warmup << " step " << step;
        }
}

}  // namespace lorikeet::optim
