#include "diffusion/schedule.hpp"

#include <gtest/gtest.h>

#include "support/golden.hpp"

namespace lorikeet::diffusion {

using support::expect_near;
using support::golden;

TEST(ScheduleGolden, IsThatOfDiffusers) {
    const auto file = golden("diffusion");
    const auto schedule = make_schedule(Terminal::Trace, support::test_device());
    EXPECT_TRUE(at::equal(schedule.alpha_bar, file.get("alpha_bar")));
    expect_near(schedule.snr_of(file.get("timesteps")), file.get("snr"), 1e-5, "snr");
}

TEST(ScheduleGolden, WithZeroTerminalSnrItEndsAtNothingAsInDiffusers) {
    const auto schedule = make_schedule(Terminal::Nothing, support::test_device());
    expect_near(schedule.alpha_bar, golden("zero_snr").get("alpha_bar"), 1e-6, "alpha_bar");
    EXPECT_EQ(schedule.alpha_bar[-1].item<float>(), 0);
}

TEST(Schedule, HoldsThePublishedNumbers) {
    struct Row {
        std::int64_t timestep;
        double alpha_bar, snr;
    };
    const Row rows[] = {
        {0, 0.99915, 1175.471},        {1, 0.998296, 585.864},         {50, 0.9515769, 19.6513},
        {100, 0.8942235, 8.453894},    {200, 0.753692, 3.059958},      {250, 0.6737926, 2.065535},
        {400, 0.424483, 0.7375682},    {500, 0.2763327, 0.3818504},    {750, 0.05616985, 0.05951267},
        {900, 0.01415114, 0.01435427}, {999, 0.004660099, 0.004681917}};
    const auto schedule = make_schedule();
    EXPECT_EQ(schedule.steps(), 1000);
    for (const auto& row : rows) {
        const auto t = at::tensor({row.timestep}, at::kLong);
        EXPECT_NEAR(schedule.alpha_bar_of(t).item<double>() / row.alpha_bar, 1, 3e-6) << row.timestep;
        // 1 - a cancels at the first timesteps.
        EXPECT_NEAR(schedule.snr_of(t).item<double>() / row.snr, 1, 3e-5) << row.timestep;
    }
}

TEST(Schedule, EveryTimestepLeavesLessOfTheImage) {
    const auto alpha_bar = make_schedule().alpha_bar;
    EXPECT_EQ(alpha_bar.scalar_type(), at::kFloat);
    EXPECT_TRUE(alpha_bar.diff().lt(0).all().item<bool>());
    EXPECT_GT(alpha_bar[999].item<double>(), 0);
}

TEST(Schedule, EachImageOfABatchGetsTheNumberOfItsOwnTimestep) {
    const auto schedule = make_schedule();
    const auto t = at::tensor({900, 0, 900}, at::kLong);
    const auto a = schedule.alpha_bar_of(t);
    EXPECT_EQ(a.sizes(), (at::IntArrayRef{3, 1, 1, 1}));
    EXPECT_TRUE(at::equal(a.flatten(), schedule.alpha_bar.index_select(0, t)));
    EXPECT_TRUE(at::equal(schedule.snr_of(t), (a / (1 - a)).flatten()));
}

}  // namespace lorikeet::diffusion
