#include "train/launched.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace lorikeet::train {

TEST(Launched, TellsWhatItsStepCameTo) {
    Launched launched(7, {3, 1}, at::scalar_tensor(0.25, at::kDouble), at::scalar_tensor(2, at::kFloat));
    EXPECT_EQ(launched.step(), 7);
    EXPECT_EQ(launched.pictures(), (std::vector<std::size_t>{3, 1}));
    const auto [loss, norm] = launched.numbers();
    EXPECT_EQ(loss, 0.25);
    EXPECT_EQ(norm, 2);
}

TEST(Launched, ANormThatWasNotWorkedOutIsAsBadAsTheLoss) {
    Launched launched(0, {}, at::scalar_tensor(NAN, at::kDouble), {});
    EXPECT_TRUE(std::isnan(launched.numbers().norm));
}

}  // namespace lorikeet::train
