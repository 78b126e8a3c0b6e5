#include <gtest/gtest.h>

#include "settings/check.hpp"
#include "settings/job.hpp"

namespace lorikeet::settings {

namespace {

std::string problem_with(const char* key, void (*set)(Subset&)) {
    Job job;
    job.model.checkpoint = "m.safetensors";
    job.data.subsets.resize(1);
    job.data.subsets[0].folder = "birds";
    set(job.data.subsets[0]);
    for (const auto& problem : check(job))
        if (problem.where == std::string("data.subsets.0.") + key) return problem.what;
    return {};
}

}  // namespace

TEST(SubsetCaptions, SharesAreFromNoneToAllAndCountsAreNotNegative) {
    EXPECT_EQ(problem_with("tag_dropout", [](Subset& s) { s.tag_dropout = 1; }), "");
    EXPECT_NE(problem_with("tag_dropout", [](Subset& s) { s.tag_dropout = 1.1; }), "");
    EXPECT_NE(problem_with("tag_warmup", [](Subset& s) { s.tag_warmup = -1; }), "");
    EXPECT_NE(problem_with("tag_warmup_min", [](Subset& s) { s.tag_warmup_min = -1; }), "");
    EXPECT_NE(problem_with("caption_dropout_epochs", [](Subset& s) { s.caption_dropout_epochs = -1; }), "");
    EXPECT_EQ(problem_with("keep_separator", [](Subset& s) { s.keep_separator = "|||"; }), "");
}

}  // namespace lorikeet::settings
