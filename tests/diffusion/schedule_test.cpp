#include "diffusion/schedule.hpp"

#include <gtest/gtest.h>

namespace lorikeet::diffusion {

TEST(Schedule, HoldsThePublishedNumbers) {
    const auto schedule = make_schedule();
    const auto t = at::tensor({0, 100, 500, 999}, at::kLong);
    const auto a = schedule.alpha_bar_of(t).flatten();
    const double wanted[] = {0.99915, 0.8942235, 0.2763327, 0.004660099};
    const double snr[] = {1175.471, 8.453894, 0.3818504, 0.004681917};
    for (int i = 0; i < 4; ++i) {
        EXPECT_NEAR(a[i].item<double>() / wanted[i], 1, 3e-6);
        EXPECT_NEAR(schedule.snr_of(t)[i].item<double>() / snr[i], 1, 3e-5);  // 1 - a cancels at t = 0
    }
}

TEST(Schedule, GivesEachPictureOfABatchItsOwnNumber) {
    const auto schedule = make_schedule();
    EXPECT_EQ(schedule.steps(), 1000);
    EXPECT_EQ(schedule.alpha_bar_of(at::zeros({3}, at::kLong)).sizes(), at::IntArrayRef({3, 1, 1, 1}));
    EXPECT_EQ(schedule.snr_of(at::zeros({3}, at::kLong)).sizes(), at::IntArrayRef({3}));
    EXPECT_TRUE(at::all(at::diff(schedule.alpha_bar) < 0).item<bool>());
}

}  // namespace lorikeet::diffusion
