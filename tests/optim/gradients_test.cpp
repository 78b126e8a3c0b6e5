#include "optim/gradients.hpp"

#include <gtest/gtest.h>

namespace lorikeet::optim {

TEST(Gradients, AreThoseThatAreThereAndNotCopied) {
    std::vector<at::Tensor> weights;
    for (int i = 0; i < 3; ++i) weights.push_back(at::ones({2, 3}).requires_grad_());
    weights[0].mutable_grad() = at::full({2, 3}, 2.0F);
    weights[2].mutable_grad() = at::full({2, 3}, 3.0F);
    const auto gradients = gradients_of(weights);
    ASSERT_EQ(gradients.size(), 2U);
    EXPECT_TRUE(gradients[1].all.is_same(weights[2].grad()));
    EXPECT_EQ(gradients[1].counts, std::vector<std::int64_t>{6});
    EXPECT_TRUE(tensors_of(gradients)[0].is_same(weights[0].grad()));
    EXPECT_TRUE(gradients_of({}).empty());
}

TEST(Gradients, PartsAreEachParametersOwnNumbers) {
    const Gradients gradients{{at::arange(6, at::kFloat), {2, 1, 3}}, {at::ones({2, 2}), {4}}};
    const auto parts = parts_of(gradients);
    ASSERT_EQ(parts.size(), 4U);
    EXPECT_TRUE(at::equal(parts[1], at::full({1}, 2.0F)));
    EXPECT_TRUE(at::equal(parts[2], at::tensor({3.0F, 4.0F, 5.0F})));
    EXPECT_TRUE(parts[3].is_same(gradients[1].all));
    parts[0].zero_();
    EXPECT_EQ(gradients[0].all[1].item<float>(), 0) << "views";
}

}  // namespace lorikeet::optim
