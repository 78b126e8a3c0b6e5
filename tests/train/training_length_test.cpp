#include "train/training_length.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::train {

TEST(TrainingLength, EveryBatchOfAnEpochBelongsToOneStep) {
    for (std::int64_t batches = 1; batches < 12; ++batches)
        for (std::int64_t accumulate = 1; accumulate < 5; ++accumulate) {
            settings::Train train;
            train.epochs = 3;
            train.accumulate = accumulate;
            const auto length = training_length_of(train, batches);
            std::int64_t next = 0;
            for (std::int64_t step = 0; step < length.steps_per_epoch; ++step) {
                EXPECT_EQ(length.first_batch(step), next);
                EXPECT_GT(length.end_batch(step), next);
                next = length.end_batch(step);
                EXPECT_EQ(length.ends_epoch(step), next == batches);
            }
            EXPECT_EQ(next, batches);
            EXPECT_EQ(length.total_steps, 3 * length.steps_per_epoch);
            EXPECT_EQ(length.epochs(), 3);
        }
}

TEST(TrainingLength, StepsWinOverEpochs) {
    settings::Train train;
    train.steps = 7;
    const auto length = training_length_of(train, 4);
    EXPECT_EQ(length.total_steps, 7);
    EXPECT_EQ(length.epochs(), 2);
    EXPECT_EQ(length.epoch_of(6), 1);
}

TEST(TrainingLength, NothingToDoIsSaid) {
    EXPECT_THROW(training_length_of({}, 0), base::Error);
    settings::Train train;
    train.steps = 0;
    EXPECT_THROW(training_length_of(train, 3), base::Error);
}

}  // namespace lorikeet::train
