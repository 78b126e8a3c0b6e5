#include "optim/lr_schedule.hpp"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/golden.hpp"

namespace lorikeet::optim {

TEST(LrScheduleGolden, RatesAreThoseOfDiffusers) {
    const auto file = support::golden("lr_schedule");
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

TEST(LrSchedule, FallsFromTheEndOfTheWarmUpToZeroAndNotBelow) {
    using settings::ScheduleShape;
    for (const auto shape : {ScheduleShape::Linear, ScheduleShape::Cosine}) {
        EXPECT_EQ(rate_at({shape, 20}, 20, 100), 1);
        EXPECT_NEAR(rate_at({shape, 20}, 60, 100), 0.5, 1e-12);  // half of the 80 steps that are left
        EXPECT_NEAR(rate_at({shape, 20}, 100, 100), 0, 1e-12);
    }
    EXPECT_EQ(rate_at({ScheduleShape::Linear, 20}, 130, 100), 0);
    EXPECT_NEAR(rate_at({ScheduleShape::Linear, 20}, 40, 100), 0.75, 1e-12);
    EXPECT_NEAR(rate_at({ScheduleShape::Cosine, 20}, 40, 100), 0.5 + std::sqrt(0.125), 1e-12);
    EXPECT_EQ(rate_at({ScheduleShape::Constant, 20}, 5000, 100), 1);
}

TEST(LrSchedule, AWarmUpAsLongAsTheRunOnlyRises) {
    using settings::ScheduleShape;
    for (const double warmup : {10.0, 15.0})
        for (std::int64_t step = 0; step < 10; ++step)
            EXPECT_EQ(rate_at({ScheduleShape::Cosine, warmup}, step, 10), static_cast<double>(step) / warmup);
    EXPECT_EQ(rate_at({ScheduleShape::Linear, 10}, 10, 10), 1);  // nothing to fall over: no division by zero
    EXPECT_EQ(warmup_steps({.warmup = 0.999}, 1), 0);
    EXPECT_EQ(rate_at({ScheduleShape::Constant, 0.999}, 0, 1), 1);
}

}  // namespace lorikeet::optim
