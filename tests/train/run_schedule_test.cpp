#include "train/run_schedule.hpp"

#include <gtest/gtest.h>

namespace lorikeet::train {
namespace {

TrainingLength length_of(std::int64_t steps_per_epoch, std::int64_t total_steps) {
    TrainingLength length;
    length.steps_per_epoch = steps_per_epoch;
    length.total_steps = total_steps;
    return length;
}

}  // namespace

// Counted as the loop does it, step by step.
TEST(RunSchedule, TheCountsAreThoseOfTheLoop) {
    for (const std::int64_t total : {1, 2, 9, 10, 30, 31})
        for (const std::int64_t often : {0, 1, 3, 10, 50}) {
            const auto length = length_of(10, total);
            settings::Sample sample;
            sample.prompts = {{"a", "", 1}, {"b", "", 1}};
            sample.every_steps = often;
            sample.at_start = true;
            sample.at_end = often % 2 == 0;
            settings::Output output;
            output.every_steps = often;
            output.every_epochs = 2;
            settings::Validation validation;
            validation.every_steps = often;
            validation.every_epochs = 2;
            std::int64_t rounds = 1 + (sample.at_end ? 1 : 0), files = 1, validations = 0;
            for (std::int64_t step = 1; step <= total; ++step) {
                rounds += samples_after(sample, length, step) ? 1 : 0;
                files += saves_lora_after(output, length, step) ? 1 : 0;
                validations += validates_after(validation, length, step) ? 1 : 0;
            }
            EXPECT_EQ(samples_of(sample, length), 2 * rounds) << total << " every " << often;
            EXPECT_EQ(lora_files_of(output, length), files) << total << " every " << often;
            EXPECT_EQ(validations_of(validation, length), validations) << total << " every " << often;
        }
}

TEST(RunSchedule, AJobThatSaysNothingOfSamplesGetsFourRounds) {
    settings::Sample sample;
    const auto rounds = [&](std::int64_t total) {
        const auto length = length_of(10, total);
        std::int64_t count = 1;  // that of the end
        for (std::int64_t step = 1; step <= total; ++step)
            count += samples_after(sample, length, step) ? 1 : 0;
        EXPECT_EQ(samples_of(sample, length), count) << total;
        return count;
    };
    EXPECT_EQ(rounds(39), 1) << "too short to look on the way";
    for (const std::int64_t total : {40, 41, 600, 2399}) EXPECT_EQ(rounds(total), 4);
    sample.every_steps = 0;
    EXPECT_EQ(rounds(600), 1);
    EXPECT_TRUE(makes_samples(sample));
    sample.at_end = false;
    EXPECT_FALSE(makes_samples(sample));
    EXPECT_EQ(samples_of(sample, length_of(10, 600)), 0);
}

TEST(RunSchedule, AThousandMillionStepsAreCountedAtOnce) {
    settings::Output output;
    output.every_steps = 3;
    output.every_epochs = 1;
    EXPECT_EQ(lora_files_of(output, length_of(10, 1'000'000'000)), 333'333'333 + 99'999'999 - 33'333'333 + 1);
}

// A common multiple of both would be 10^20.
TEST(RunSchedule, IntervalsWithoutACommonDivisorAreNoOverflow) {
    settings::Output output;
    output.every_steps = 999'999'937;
    output.every_epochs = 1'000'000;
    EXPECT_EQ(lora_files_of(output, length_of(100'000, 1'000'000'000)), 1 + 0 + 1);
}

TEST(RunSchedule, NothingIsDoneOnTheWayAfterTheLastStep) {
    const auto length = length_of(5, 10);
    settings::Output output;
    output.every_steps = output.state_every_steps = output.every_epochs = 1;
    settings::Sample sample;
    sample.every_steps = 1;
    EXPECT_TRUE(saves_lora_after(output, length, 9));
    EXPECT_TRUE(saves_state_after(output, length, 9));
    EXPECT_TRUE(samples_after(sample, length, 9));
    EXPECT_FALSE(saves_lora_after(output, length, 10));
    EXPECT_FALSE(saves_state_after(output, length, 10));
    EXPECT_FALSE(samples_after(sample, length, 10));
}

TEST(RunSchedule, KeepLastBoundsTheFilesAndNamesTellEpochsAndSteps) {
    const auto length = length_of(5, 100);
    settings::Output output;
    output.every_epochs = 1;
    EXPECT_EQ(lora_files_of(output, length), 20);
    output.keep_last = 3;
    EXPECT_EQ(lora_files_of(output, length), 4);
    EXPECT_EQ(lora_name("bird", length, 10), "bird-000002.safetensors");
    EXPECT_EQ(lora_name("bird", length, 12), "bird-step00000012.safetensors");
    settings::LrSchedule schedule;
    schedule.warmup = 0.05;
    EXPECT_EQ(warmup_steps_of(schedule, length), 5);
}

}  // namespace lorikeet::train
