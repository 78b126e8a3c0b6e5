#include "train/metrics.hpp"

#include <gtest/gtest.h>

namespace lorikeet::train {

TEST(Smoothed, BeginsAtItsFirstValueAndForgetsSlowly) {
    Smoothed smoothed(0.9);
    smoothed.add(2);
    EXPECT_DOUBLE_EQ(smoothed.value(), 2);
    for (int i = 0; i < 200; ++i) smoothed.add(1);
    EXPECT_NEAR(smoothed.value(), 1, 1e-6);
}

TEST(Smoothed, GoesOnFromWhereItWas) {
    Smoothed first(0.9), second(0.9);
    first.add(2);
    first.add(3);
    second.restore(first.sum(), first.weight());
    first.add(1);
    second.add(1);
    EXPECT_EQ(first.value(), second.value());
}

TEST(Pace, IsTheMedianOfWhatItSaw) {
    Pace pace;
    EXPECT_EQ(pace.seconds_per_step(), 0);
    pace.step_done();
    EXPECT_GT(pace.seconds_per_step(), 0);
}

}  // namespace lorikeet::train
