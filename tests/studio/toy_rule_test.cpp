// A rule of optimisation that exists in tests alone, by the use cases: planned, trained, inspected, sampled.
#include "support/toy_rule.hpp"

#include <gtest/gtest.h>

#include "studio/model_store.hpp"
#include "studio/train_desk.hpp"
#include "support/small_job.hpp"
#include "support/toy_run.hpp"

namespace lorikeet::studio {
namespace {

std::uint64_t bytes_of_optimizer(const settings::Job& job) {
    const auto plan = studio::plan(job, Existing::Refuse, {});
    for (const auto& problem : plan.problems) ADD_FAILURE() << problem.what;
    if (plan.memory)
        for (const auto& part : plan.memory->parts)
            if (part.name == "optimizer") return part.bytes;
    return 0;
}

}  // namespace

TEST(ToyRuleInStudio, IsPlannedToldByItsFileAndSampled) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 3;
    const auto usual = bytes_of_optimizer(job);
    const base::ScopedRow toy(optim::rule_table(), support::kSign);
    // One number for each weight, where AdamW has two, and counts its steps besides.
    EXPECT_LT(2 * bytes_of_optimizer(job), usual);
    EXPECT_GT(3 * bytes_of_optimizer(job), usual);
    const auto file = support::trained_for_studio(job);
    bool told = false;
    for (const auto& [what, words] : inspect(file).facts)
        told = told || (what == "optimizer" && words.starts_with("toys.Sign"));
    EXPECT_TRUE(told);
    EXPECT_NE(support::sampled(job, {{file, 20}}), support::sampled(job, {}));
}

}  // namespace lorikeet::studio
