#include "nn/adapter_slot.hpp"

#include <gtest/gtest.h>

#include "nn/conv.hpp"
#include "nn/frozen.hpp"
#include "nn/linear.hpp"
#include "nn/visitors.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::nn {
namespace {

// y times `factor` plus 1: the order of two of them shows.
class OnTop : public Adapter {
  public:
    explicit OnTop(double factor) : factor_(factor) {}
    at::Tensor apply(const at::Tensor&, const at::Tensor& y) const override { return y * factor_ + 1; }

  private:
    double factor_;
};

class OnWeight : public Adapter {
  public:
    explicit OnWeight(double factor, By by = By::Weight) : factor_(factor), by_(by) {}
    By acts_by() const override { return by_; }
    at::Tensor change(const at::Tensor& weight) const override {
        EXPECT_EQ(weight.scalar_type(), at::kFloat);
        return weight * factor_ + 1;
    }

  private:
    double factor_;
    By by_;
};

template <class Layer>
Layer drawn_layer(Layer layer) {
    InitWeights init(1, 1.0);
    layer.visit(init, "layer");
    return layer;
}

at::Tensor drawn(at::IntArrayRef sizes) {
    auto generator = tensor::generator(5, tensor::Stream::Noise);
    return at::randn(sizes, generator, at::kFloat);
}

}  // namespace

TEST(AdapterSlot, WeightsChangeFirstAndTheRestAddsInTheOrderInWhichTheyCame) {
    auto layer = drawn_layer(Linear(4, 3));
    const auto x = drawn({2, 4});
    const OnTop twice(2), thrice(3);
    const OnWeight half(0.5), five(5);
    for (const Adapter* adapter : {static_cast<const Adapter*>(&twice), static_cast<const Adapter*>(&half),
                                   static_cast<const Adapter*>(&five), static_cast<const Adapter*>(&thrice)})
        layer.slot.add(*adapter);
    const auto weight = (layer.weight * 0.5 + 1) * 5 + 1;
    EXPECT_TRUE(at::equal(layer(x), (at::linear(x, weight, layer.bias) * 2 + 1) * 3 + 1));
    layer.slot.remove(half);
    layer.slot.remove(five);
    EXPECT_TRUE(at::equal(layer(x), (layer.alone(x) * 2 + 1) * 3 + 1));
    layer.slot.remove(twice);
    layer.slot.remove(thrice);
    layer.slot.remove(thrice);  // gone already
    EXPECT_TRUE(layer.slot.is_empty());
    EXPECT_TRUE(at::equal(layer(x), layer.alone(x)));
}

TEST(AdapterSlot, AConvolutionTakesTheSame) {
    auto conv = drawn_layer(conv3x3(2, 3));
    const auto x = drawn({1, 2, 4, 4});
    const OnTop twice(2);
    const OnWeight half(0.5);
    conv.slot.add(twice);
    conv.slot.add(half);
    EXPECT_TRUE(at::equal(conv(x), at::conv2d(x, conv.weight * 0.5 + 1, conv.bias, {1, 1}, {1, 1}) * 2 + 1));
}

TEST(AdapterSlot, WhatDoesNothingLeavesTheLayersOwnWay) {
    auto layer = drawn_layer(Linear(4, 3));
    const auto x = drawn({2, 4});
    const OnWeight nothing(9, By::Nothing);
    layer.slot.add(nothing);
    EXPECT_TRUE(at::equal(layer(x), layer.alone(x)));
}

TEST(AdapterSlot, AnAdapterThatDoesNotSayHowItActsIsABugOfOurs) {
    class Mute : public Adapter {};
    const Mute mute;
    EXPECT_ANY_THROW(mute.apply(at::ones({1}), at::ones({1})));
    EXPECT_ANY_THROW(mute.change(at::ones({1})));
}

TEST(AdapterSlot, ALayerGivesItsPlainWeightAlsoWhereItIsLaidOut) {
    auto layer = drawn_layer(Linear(64, 32));
    auto conv = drawn_layer(conv3x3(32, 32));
    layer.weight = layer.weight.to(at::kHalf);  // as in a file of 16 bits
    const auto plain = layer.weight.clone(), kernel = conv.weight.clone();
    FreezeWeights freeze(at::kFloat);
    layer.visit(freeze, "layer");
    conv.visit(freeze, "conv");
    EXPECT_TRUE(at::equal(layer.plain_weight(), plain.to(at::kFloat)));
    EXPECT_TRUE(at::equal(conv.plain_weight(), kernel));

    const OnWeight twice(2);
    layer.slot.add(twice);
    const auto x = drawn({2, 64}).requires_grad_();
    const auto y = layer(x);
    EXPECT_TRUE(at::allclose(y, at::linear(x, plain.to(at::kFloat) * 2 + 1, layer.bias), 1e-5, 1e-5));
    y.sum().backward();
    EXPECT_TRUE(x.grad().defined());
}

TEST(AdapterSlot, ALayerIn16BitsComputesInThem) {
    auto layer = drawn_layer(Linear(4, 3));
    layer.weight = layer.weight.to(at::kBFloat16);
    layer.bias = layer.bias.to(at::kBFloat16);
    const OnWeight twice(2);
    layer.slot.add(twice);
    const auto y = layer(drawn({2, 4}));
    EXPECT_EQ(y.scalar_type(), at::kBFloat16);
}

}  // namespace lorikeet::nn
