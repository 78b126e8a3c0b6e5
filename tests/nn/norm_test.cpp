#include "nn/norm.hpp"

#include <gtest/gtest.h>

#include "nn/visitors.hpp"

namespace lorikeet::nn {
namespace {

template <class Norm>
Norm norm_with_weights(Norm norm) {
    InitWeights init(1, 1.0);
    norm.visit(init, "norm");
    return norm;
}

double largest(const at::Tensor& tensor) { return tensor.abs().max().template item<double>(); }

}  // namespace

TEST(GroupNorm, EveryGroupOfEveryImageHasMeanZeroAndVarianceOne) {
    const auto norm = norm_with_weights(GroupNorm(4, 8, 1e-5));
    const auto y = norm(at::arange(2 * 8 * 5 * 5, at::kFloat).view({2, 8, 5, 5}).sin() * 7 + 3);
    const auto groups = y.view({2, 4, -1});
    EXPECT_LT(largest(groups.mean(-1)), 1e-5);
    EXPECT_LT(largest(groups.var(-1, false) - 1), 1e-3);
}

TEST(GroupNorm, ScaleAndShiftBelongToTheChannel) {
    auto norm = norm_with_weights(GroupNorm(1, 2, 1e-5));
    norm.bias = at::tensor({0.0F, 5.0F});
    norm.weight = at::tensor({1.0F, 0.0F});
    const auto y = norm(at::arange(8, at::kFloat).view({1, 2, 2, 2}));
    EXPECT_TRUE(at::equal(y[0][1], at::full({2, 2}, 5.0)));
    EXPECT_GT(largest(y[0][0]), 0.1);
}

TEST(LayerNorm, EveryTokenHasMeanZeroAndVarianceOne) {
    const auto norm = norm_with_weights(LayerNorm(16));
    const auto y = norm(at::arange(3 * 16, at::kFloat).view({3, 16}).cos() * 4 - 9);
    EXPECT_LT(largest(y.mean(-1)), 1e-5);
    EXPECT_LT(largest(y.var(-1, false) - 1), 1e-3);
}

}  // namespace lorikeet::nn
