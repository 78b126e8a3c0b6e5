#include "train/pending_step.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace lorikeet::train {

TEST(PendingStep, TellsWhatItsStepCameTo) {
    PendingStep pending(7, {3, 1}, at::scalar_tensor(0.25, at::kDouble), at::scalar_tensor(2, at::kFloat));
    EXPECT_EQ(pending.step(), 7);
    EXPECT_EQ(pending.images(), (std::vector<std::size_t>{3, 1}));
    const auto numbers = pending.numbers();
    EXPECT_EQ(numbers.loss, 0.25);
    EXPECT_EQ(numbers.norm, 2);
    EXPECT_EQ(numbers.loss_scale, 0) << "there is none";
}

TEST(PendingStep, TheLossScaleIsThatOfItsStepAndNotOfTheNext) {
    const auto scale = at::scalar_tensor(1024, at::kFloat);
    PendingStep pending(0, {}, at::scalar_tensor(1, at::kDouble), at::scalar_tensor(INFINITY, at::kFloat),
                        scale);
    scale.mul_(0.5);  // by the step that is queued behind it
    EXPECT_EQ(pending.numbers().loss_scale, 1024);
}

TEST(PendingStep, ANormThatWasNotWorkedOutIsAsBadAsTheLoss) {
    PendingStep pending(0, {}, at::scalar_tensor(NAN, at::kDouble), {});
    EXPECT_TRUE(std::isnan(pending.numbers().norm));
}

}  // namespace lorikeet::train
