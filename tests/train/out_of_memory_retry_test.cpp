#include "train/out_of_memory_retry.hpp"

#include <new>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::train {
namespace {

// Steps that fit from a certain plan on.
struct Machine {
    std::int64_t enough_parts;
    std::vector<StepPlan> tried;
    std::vector<std::string> said;
    int undone = 0;

    StepPlan run(StepPlan plan, std::int64_t images) {
        OutOfMemoryRetry retry(plan, [this](std::string text) { said.push_back(std::move(text)); });
        retry.run(
            images,
            [this](const StepPlan& with) {
                tried.push_back(with);
                if (!with.recompute || with.parts < enough_parts) throw std::bad_alloc();
            },
            [this] { ++undone; });
        return retry.plan();
    }
};

}  // namespace

TEST(OutOfMemoryRetry, RecomputeComesFirstThenSmallerAndSmallerParts) {
    Machine machine{3, {}, {}};
    EXPECT_EQ(machine.run({}, 6), (StepPlan{true, 4}));
    EXPECT_EQ(machine.tried, (std::vector<StepPlan>{{false, 1}, {true, 1}, {true, 2}, {true, 4}}));
    EXPECT_EQ(machine.undone, 3);
    ASSERT_EQ(machine.said.size(), 3U);
    EXPECT_NE(machine.said[2].find("recompute on, batches in 4 parts"), std::string::npos) << machine.said[2];
}

TEST(OutOfMemoryRetry, WhatSufficesIsNotTouched) {
    Machine machine{2, {}, {}};
    EXPECT_EQ(machine.run({true, 2}, 4), (StepPlan{true, 2}));
    EXPECT_EQ(machine.tried.size(), 1U);
    EXPECT_TRUE(machine.said.empty());
}

TEST(OutOfMemoryRetry, WhenASingleImageIsTooMuchItSaysWhatToChange) {
    Machine machine{100, {}, {}};
    try {
        machine.run({}, 3);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NoSpace);
        EXPECT_NE(error.hint().find("data.resolution"), std::string::npos);
    }
    EXPECT_EQ(machine.tried.back(), (StepPlan{true, 3}));
    EXPECT_EQ(machine.undone, static_cast<int>(machine.tried.size()));
}

TEST(OutOfMemoryRetry, OtherTroubleIsNotItsBusiness) {
    OutOfMemoryRetry retry({}, [](const std::string&) { FAIL() << "nothing is to be said"; });
    EXPECT_THROW(retry.run(
                     1, [](const StepPlan&) { throw std::runtime_error("a bug"); }, [] {}),
                 std::runtime_error);
    EXPECT_EQ(retry.plan(), StepPlan{});
}

}  // namespace lorikeet::train
