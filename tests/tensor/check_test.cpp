#include "tensor/check.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace lorikeet::tensor {

TEST(AllFinite, OneNumberThatIsNoneSpoilsTheWhole) {
    for (const auto type : {at::kFloat, at::kBFloat16, at::kHalf}) {
        auto tensor = at::ones({3, 4}, type);
        EXPECT_TRUE(all_finite(tensor));
        tensor[2][3] = std::numeric_limits<double>::quiet_NaN();
        EXPECT_FALSE(all_finite(tensor));
        tensor[2][3] = -std::numeric_limits<double>::infinity();
        EXPECT_FALSE(all_finite(tensor));
    }
}

TEST(AllFinite, LooksAtEveryTensorAndPassesOverEmptyPlaces) {
    const auto good = at::zeros({2});
    const auto bad = at::full({2}, std::numeric_limits<double>::infinity());
    EXPECT_TRUE(all_finite(std::vector<at::Tensor>{}));
    EXPECT_TRUE(all_finite(std::vector<at::Tensor>{good, at::Tensor(), good}));
    EXPECT_FALSE(all_finite(std::vector<at::Tensor>{good, at::Tensor(), bad}));
}

}  // namespace lorikeet::tensor
