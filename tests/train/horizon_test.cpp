#include "train/horizon.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::train {

TEST(Horizon, EveryBatchOfAnEpochBelongsToOneStep) {
    for (std::int64_t batches = 1; batches < 12; ++batches)
        for (std::int64_t accumulate = 1; accumulate < 5; ++accumulate) {
            settings::Train train;
            train.epochs = 3;
            train.accumulate = accumulate;
            const auto horizon = horizon_of(train, batches);
            std::int64_t next = 0;
            for (std::int64_t step = 0; step < horizon.steps_per_epoch; ++step) {
                EXPECT_EQ(horizon.first_batch(step), next);
                EXPECT_GT(horizon.end_batch(step), next);
                next = horizon.end_batch(step);
                EXPECT_EQ(horizon.ends_epoch(step), next == batches);
            }
            EXPECT_EQ(next, batches);
            EXPECT_EQ(horizon.total_steps, 3 * horizon.steps_per_epoch);
            EXPECT_EQ(horizon.epochs(), 3);
        }
}

TEST(Horizon, StepsWinOverEpochs) {
    settings::Train train;
    train.steps = 7;
    const auto horizon = horizon_of(train, 4);
    EXPECT_EQ(horizon.total_steps, 7);
    EXPECT_EQ(horizon.epochs(), 2);
    EXPECT_EQ(horizon.epoch_of(6), 1);
}

TEST(Horizon, NothingToDoIsSaid) {
    EXPECT_THROW(horizon_of({}, 0), base::Error);
    settings::Train train;
    train.steps = 0;
    EXPECT_THROW(horizon_of(train, 3), base::Error);
}

}  // namespace lorikeet::train
