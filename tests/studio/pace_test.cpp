#include "studio/pace.hpp"

#include <gtest/gtest.h>

#include "support/small_job.hpp"

namespace lorikeet::studio {
namespace {

PaceKind kind() { return {"a machine", "a model", 512 * 512, 1, "bfloat16", "auto", 16, true}; }

}  // namespace

TEST(PaceBook, WhatWasNeverMeasuredIsNotKnown) {
    const support::TempFolder folder;
    PaceBook book(folder.path() / "deep" / "pace.json");
    EXPECT_FALSE(book.estimate(kind()));
    auto other = kind();
    other.machine = "another";
    book.remember(other, 2, "bird");
    EXPECT_FALSE(book.estimate(kind())) << "another machine's numbers say nothing";
}

TEST(PaceBook, TheSameKindOfRunIsMeasured) {
    const support::TempFolder folder;
    PaceBook book(folder.path() / "pace.json");
    book.remember(kind(), 2, "bird");
    book.remember(kind(), 1.5, "finch");
    const auto estimate = PaceBook(folder.path() / "pace.json").estimate(kind());
    ASSERT_TRUE(estimate);
    EXPECT_TRUE(estimate->measured);
    EXPECT_EQ(estimate->seconds_per_step, 1.5);
    EXPECT_NE(estimate->source.find("measured in run finch on 20"), std::string::npos) << estimate->source;
}

TEST(PaceBook, ANearKindIsScaledByPixelsAndImagesAndSaysAbout) {
    const support::TempFolder folder;
    PaceBook book(folder.path() / "pace.json");
    book.remember(kind(), 2, "bird");
    auto far = kind();
    far.pixels = 4096 * 4096;
    book.remember(far, 100, "finch");
    auto wanted = kind();
    wanted.pixels = 768 * 768;
    wanted.batch = 2;
    const auto estimate = book.estimate(wanted);
    ASSERT_TRUE(estimate);
    EXPECT_FALSE(estimate->measured);
    EXPECT_DOUBLE_EQ(estimate->seconds_per_step, 2 * 2.25 * 2);
    EXPECT_NE(estimate->source.find("about: scaled from run bird"), std::string::npos) << estimate->source;
    wanted.precision = "float32";
    EXPECT_FALSE(book.estimate(wanted)) << "that is not scaled";
}

TEST(PaceBook, ADamagedFileHarmsNobody) {
    const support::TempFolder folder;
    const auto file = folder.path() / "pace.json";
    PaceBook book(file);
    for (const char* text : {"", "{", "[]", "{\"format\":\"lorikeet pace 9\",\"rates\":[]}",
                             "{\"format\":\"lorikeet pace 1\",\"rates\":[{\"pixels\":\"many\"}, 3]}"}) {
        base::write_whole(file, text);
        EXPECT_FALSE(book.estimate(kind())) << text;
    }
    book.remember(kind(), 2, "bird");
    EXPECT_TRUE(book.estimate(kind()));
    book.remember(kind(), 0, "bird");
    EXPECT_EQ(book.estimate(kind())->seconds_per_step, 2) << "a rate of nothing is none";
}

TEST(PaceKind, IsMadeOfWhatDeterminesAStep) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.rank = 20;
    job.train.accumulate = 3;
    const auto kind = pace_kind_of(job, job.model.checkpoint);
    EXPECT_EQ(kind.pixels, 64 * 64);
    EXPECT_EQ(kind.batch, 6);
    EXPECT_EQ(kind.rank_class, 32);
    EXPECT_EQ(kind, pace_kind_of(job, job.model.checkpoint));
    EXPECT_NE(kind.machine, "");
}

}  // namespace lorikeet::studio
