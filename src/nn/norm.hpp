// Normalisations with a learned scale and shift.
#pragma once

#include <string_view>

#include <ATen/ATen.h>

#include "nn/visitor.hpp"

namespace lorikeet::nn {

// Shapes   x [B, channels, ...];  weight and bias [channels].
struct GroupNorm {
    std::int64_t groups = 32;
    std::int64_t channels = 0;
    double eps = 1e-5;
    at::Tensor weight;
    at::Tensor bias;

    GroupNorm() = default;
    GroupNorm(std::int64_t group_count, std::int64_t channel_count, double epsilon)
        : groups(group_count), channels(channel_count), eps(epsilon) {}
    at::Tensor operator()(const at::Tensor& x) const;
    at::Tensor then_silu(const at::Tensor& x) const;  // silu of that
    void visit(Visitor& visitor, std::string_view name);
};

// Shapes   x [..., features];  weight and bias [features].
struct LayerNorm {
    std::int64_t features = 0;
    double eps = 1e-5;
    at::Tensor weight;
    at::Tensor bias;

    LayerNorm() = default;
    explicit LayerNorm(std::int64_t feature_count, double epsilon = 1e-5)
        : features(feature_count), eps(epsilon) {}
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::nn
