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

TEST(FindNotFinite, CountsInEveryTypeAndLayout) {
    for (const auto type : {at::kDouble, at::kFloat, at::kBFloat16, at::kHalf, at::kFloat8_e5m2}) {
        auto tensor = at::ones({5, 7}, at::kFloat);
        EXPECT_FALSE(find_not_finite(tensor.to(type)));
        tensor[1][2] = std::numeric_limits<float>::quiet_NaN();
        tensor[4][6] = -std::numeric_limits<float>::infinity();
        const auto found = find_not_finite(tensor.to(type).t());
        ASSERT_TRUE(found);
        EXPECT_EQ(found->nan, 1U);
        EXPECT_EQ(found->infinite, 1U);
        EXPECT_FALSE(find_not_finite(tensor.to(type).slice(0, 2, 4)));
    }
    EXPECT_FALSE(find_not_finite(at::Tensor()));
    EXPECT_FALSE(find_not_finite(at::full({3}, -1, at::kLong)));
}

}  // namespace lorikeet::tensor
