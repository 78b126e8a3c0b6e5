#include "train/run_report.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {

TEST(RunReport, AStepIsToldWithWhereItStandsAndItsRates) {
    const support::SmallJob small;
    const auto job = small.job();
    auto recipe = load_recipe(job);
    fit_trainee(recipe, job);
    Smoothed smoothed;
    smoothed.add(0.5);
    const TrainingLength length{
        .batches_per_epoch = 3, .steps_per_epoch = 3, .total_steps = 7, .accumulate = 1};
    const auto event =
        metrics_of({3, {0.25, std::nan(""), 0}, 0.5, {true, 2}}, length, smoothed, Pace(), recipe);
    EXPECT_EQ(event.kind, "metrics");
    for (const auto& [name, number] : {std::pair{"step", 4.0},
                                       {"total_steps", 7.0},
                                       {"epoch", 2.0},
                                       {"total_epochs", 3.0},
                                       {"loss", 0.25},
                                       {"smoothed_loss", 0.5},
                                       {"grad_norm", 0.0},
                                       {"parts", 2.0},
                                       {"lr", 2.5e-4},
                                       {"lr_text", 5e-5}})
        EXPECT_DOUBLE_EQ(event.number(name), number) << name;
}

TEST(RunReport, WhatIsNotFiniteIsToldWithItsImages) {
    std::vector<data::DatasetImage> images(2);
    images[0].file = "a/b.png";
    images[1].file = "a/c.png";
    try {
        fail_not_finite("loss", 4, images, {1, 0});
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFinite);
        EXPECT_EQ(std::string(error.what()), "The loss became NaN at step 5, with c.png, b.png.");
    }
}

}  // namespace lorikeet::train
