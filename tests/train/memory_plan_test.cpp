#include "train/memory_plan.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "data/loader.hpp"
#include "settings/check.hpp"
#include "support/small_job.hpp"
#include "train/precision_choice.hpp"

namespace lorikeet::train {
namespace {

class MemoryPlanning : public ::testing::Test {
  protected:
    MemoryPlanning() {
        job_ = small_.job();
        job_.data.resolution = {256};
        job_.data.batch = 2;
        job_.train.precision = settings::Precision::Float32;
    }
    Forecast with(const StepPlan& plan) const { return Forecaster(job_).of(plan); }
    static constexpr std::int64_t kSlack = 1 << 20;  // the program itself grows a little meanwhile

    support::SmallJob small_;
    settings::Job job_;
};

}  // namespace

TEST_F(MemoryPlanning, WithEnoughMemoryNothingIsSaid) {
    const auto plan = plan_memory(job_, {}, std::int64_t{1} << 40);
    EXPECT_TRUE(plan.fits);
    EXPECT_EQ(plan.forecast.plan, StepPlan{});
    EXPECT_TRUE(plan.choice.empty());
}

TEST_F(MemoryPlanning, TheNextSaferPlanIsChosenAndSaid) {
    const auto off = with({}).most(), on = with({true, 1}).most();
    ASSERT_LT(on + 2 * kSlack, off);
    const auto plan = plan_memory(job_, {}, off - kSlack);
    EXPECT_TRUE(plan.fits);
    EXPECT_EQ(plan.forecast.plan, (StepPlan{true, 1}));
    EXPECT_NE(plan.choice.find("recompute on"), std::string::npos) << plan.choice;
}

TEST_F(MemoryPlanning, WhatTheSettingsAskForIsTheFirst) {
    job_.train.recompute = settings::Recompute::On;
    const auto plan = plan_memory(job_, {}, std::int64_t{1} << 40);
    EXPECT_EQ(plan.forecast.plan, (StepPlan{true, 1}));
    EXPECT_TRUE(plan.choice.empty());
}

TEST_F(MemoryPlanning, WhereNothingFitsTheSettingToChangeIsNamedAndHelps) {
    const auto least = with({true, 2}).most();
    const auto plan = plan_memory(job_, {}, least - 4 * kSlack);
    EXPECT_FALSE(plan.fits);
    const auto words = base::split(plan.advice, " ");  // "Set train.precision = bfloat16: it would take ..."
    ASSERT_GE(words.size(), 4U) << plan.advice;
    // Where the processor is slow in bfloat16 it is no advice.
    EXPECT_EQ(words[1] == "train.precision", compute_type_of({}) == at::kBFloat16) << plan.advice;
    ASSERT_EQ(settings::apply(job_, words[1], words[3].substr(0, words[3].find(':'))), std::nullopt);
    EXPECT_TRUE(plan_memory(job_, {}, least - 4 * kSlack).fits);
}

// They come out smaller where they do not fit: no reason to refuse a run, nor to train more slowly.
TEST_F(MemoryPlanning, SamplesThatDoNotFitAreToldAndChangeNothing) {
    job_.sample.size = {1024};
    const auto fast = with({});
    ASSERT_GT(fast.most(), fast.of_training() + 16 * kSlack);
    const auto plan = plan_memory(job_, {}, fast.of_training() + 8 * kSlack);
    EXPECT_TRUE(plan.fits);
    EXPECT_EQ(plan.forecast.plan, StepPlan{});
    EXPECT_NE(plan.choice.find("they may come out smaller"), std::string::npos) << plan.choice;
}

TEST_F(MemoryPlanning, ReadingImagesIsPartOfCachingAndOfStepsThatReadThem) {
    data::DatasetImage huge;
    huge.width_px = huge.height_px = 4000;
    huge.decoding_bytes = std::int64_t{10} << 30;
    const std::vector images{huge};
    const auto reading = data::reading_bytes(images, job_.data);
    ASSERT_GE(reading, huge.decoding_bytes);
    auto plan = plan_memory(job_, images, std::int64_t{1} << 40);
    EXPECT_EQ(plan.forecast.most(), plan.forecast.program + plan.forecast.encoding + reading);
    EXPECT_LT(plan.forecast.step(), reading);
    job_.data.cache_latents = false;
    plan = plan_memory(job_, images, std::int64_t{1} << 40);
    EXPECT_GT(plan.forecast.step(), reading);
    plan = plan_memory(job_, images, reading / 2);
    EXPECT_FALSE(plan.fits);
    EXPECT_TRUE(plan.advice.starts_with("Save the largest images smaller")) << plan.advice;
}

TEST(SameShape, AdviceAboutSizeKeepsIt) {
    EXPECT_EQ(same_shape({512}, 448), "448");
    EXPECT_EQ(same_shape({512, 512}, 448), "448");
    EXPECT_EQ(same_shape({512, 1024}, 448), "448, 896");
    EXPECT_EQ(same_shape({1024, 512}, 448), "896, 448");
    EXPECT_EQ(same_shape({512, 768}, 448), "448, 704");
}

TEST_F(MemoryPlanning, WhereNoSettingHelpsThatIsSaid) {
    const auto plan = plan_memory(job_, {}, 1000);
    EXPECT_FALSE(plan.fits);
    EXPECT_NE(plan.advice.find("No single setting"), std::string::npos) << plan.advice;
}

}  // namespace lorikeet::train
