#include "models/text_states.hpp"

#include <gtest/gtest.h>

namespace lorikeet::models {

TEST(TextStates, OfOneLengthAreJoinedWithoutAMask) {
    const auto a = at::rand({1, 3, 2}), b = at::rand({2, 3, 2}), pooled = at::rand({1, 5});
    const std::vector<TextStates> states{{a, pooled}, {b, at::rand({2, 5})}};
    const auto joined = join(states);
    EXPECT_TRUE(at::equal(joined.context, at::cat({a, b})));
    EXPECT_EQ(joined.pooled.sizes(), (at::IntArrayRef{3, 5}));
    EXPECT_FALSE(joined.mask.defined());
    EXPECT_EQ(joined.batch(), 3);
}

TEST(TextStates, OfSeveralLengthsAreFilledUpAndMasked) {
    const auto a = at::rand({1, 3, 2}), b = at::rand({1, 1, 2});
    auto joined = join(std::vector<TextStates>{{a}, {b}});
    EXPECT_TRUE(at::equal(joined.context[1].narrow(0, 0, 1), b[0]));
    EXPECT_EQ(joined.context[1].narrow(0, 1, 2).abs().sum().item<double>(), 0);
    EXPECT_TRUE(at::equal(joined.mask, at::tensor({1, 1, 1, 1, 0, 0}).view({2, 3}).to(at::kBool)));
    EXPECT_EQ(joined.tensors().size(), 2U);
    EXPECT_EQ(joined.bytes(), 12U * sizeof(float) + 6U);
}

}  // namespace lorikeet::models
