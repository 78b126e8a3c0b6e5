// Two-dimensional convolution, square kernel, and whatever adapters sit in the slot.
//
// Shapes   x [B, in, H, W];  weight [out, in, kernel, kernel];  bias [out];  result [B, out, H', W'].
#pragma once

#include <memory>
#include <string_view>

#include <ATen/ATen.h>

#include "nn/adapter_slot.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::nn {

struct Frozen;  // see frozen.hpp

struct ConvShape {
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t padding = 1;
};

struct Conv2d {
    ConvShape shape;
    at::Tensor weight;
    at::Tensor bias;
    AdapterSlot slot;
    std::shared_ptr<const Frozen> frozen;  // what the weight became, where it is laid out for the processor

    Conv2d() = default;
    explicit Conv2d(ConvShape conv_shape) : shape(conv_shape) {}
    at::Tensor operator()(const at::Tensor& x) const;
    // The weight as one tensor, also where it is laid out for the processor: a copy there, in what it computes in.
    at::Tensor plain_weight() const;
    void visit(Visitor& visitor, std::string_view name);
};

Conv2d conv3x3(std::int64_t in, std::int64_t out);  // stride 1, padding 1
Conv2d conv1x1(std::int64_t in, std::int64_t out);  // stride 1, padding 0

}  // namespace lorikeet::nn
