#include "nn/conv.hpp"

#include <gtest/gtest.h>

#include "nn/visitors.hpp"

namespace lorikeet::nn {
namespace {

class AddsOne : public Adapter {
  public:
    at::Tensor apply(const at::Tensor&, const at::Tensor& y) const override { return y + 1; }
};

Conv2d with_weights(Conv2d conv) {
    InitWeights init(1, 1.0);
    conv.visit(init, "conv");
    return conv;
}

}  // namespace

TEST(Conv2d, KeepsTheSizeOrHalvesItAsItsStrideSays) {
    const auto x = at::ones({2, 3, 8, 6});
    EXPECT_EQ(with_weights(conv3x3(3, 5))(x).sizes(), (std::vector<std::int64_t>{2, 5, 8, 6}));
    EXPECT_EQ(with_weights(conv1x1(3, 5))(x).sizes(), (std::vector<std::int64_t>{2, 5, 8, 6}));
    EXPECT_EQ(with_weights(Conv2d({3, 5, 3, 2, 1}))(x).sizes(), (std::vector<std::int64_t>{2, 5, 4, 3}));
}

TEST(Conv2d, ASumOfOnesIsWorkedOutByHand) {
    Conv2d conv = conv3x3(1, 1);
    conv.weight = at::ones({1, 1, 3, 3});
    conv.bias = at::full({1}, 10.0);
    const auto y = conv(at::ones({1, 1, 3, 3}));
    EXPECT_EQ(y[0][0][1][1].item<double>(), 19);  // nine ones and the bias
    EXPECT_EQ(y[0][0][0][0].item<double>(), 14);  // four of them lie inside at a corner
}

TEST(Conv2d, WhatSitsInTheSlotHasTheLastWord) {
    Conv2d conv = with_weights(conv1x1(2, 2));
    const auto x = at::ones({1, 2, 2, 2});
    const auto plain = conv(x);
    const AddsOne adapter;
    conv.slot.add(adapter);
    EXPECT_TRUE(at::equal(conv(x), plain + 1));
}

}  // namespace lorikeet::nn
