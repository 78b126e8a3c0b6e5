// y = x Wᵀ + b, and whatever adapters sit in the slot.
//
// Shapes   x [..., in];  weight [out, in];  bias [out];  result [..., out].
#pragma once

#include <memory>
#include <string_view>

#include <ATen/ATen.h>

#include "nn/adapter_slot.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::nn {

struct Frozen;  // see frozen.hpp

enum class Bias { Yes, No };

struct Linear {
    std::int64_t in = 0;
    std::int64_t out = 0;
    Bias has_bias = Bias::Yes;
    at::Tensor weight;
    at::Tensor bias;
    AdapterSlot slot;
    std::shared_ptr<const Frozen> frozen;  // what the weight became, where it is laid out for the processor

    Linear() = default;
    Linear(std::int64_t in_features, std::int64_t out_features, Bias with_bias = Bias::Yes);
    at::Tensor operator()(const at::Tensor& x) const;
    at::Tensor alone(const at::Tensor& x) const;  // without the adapters
    // The weight as one tensor, also where it is laid out for the processor: a copy there, in what it computes in.
    at::Tensor plain_weight() const;
    void visit(Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::nn
