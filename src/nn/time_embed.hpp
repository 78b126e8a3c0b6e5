// The timestep as a vector: sines and cosines of falling frequency, then a small network of two layers.
#pragma once

#include <ATen/ATen.h>

#include "nn/linear.hpp"

namespace lorikeet::nn {

// [cos(t w_0) ... cos(t w_n), sin(t w_0) ... sin(t w_n)],  w_i = 10000^(-i / n),  n = features / 2.
//
// Shapes   timesteps [B], any number type;  result [B, features], float32 on the device of `timesteps`.
// Source   Ho et al. 2020, arXiv:2006.11239; the order is that of Stable Diffusion: cosines first.
// Golden   tests/golden/unet_parts.safetensors
// Throws   Error{Internal} when features is odd.
at::Tensor sinusoids(const at::Tensor& timesteps, std::int64_t features);

// Shapes   timesteps [B];  result [B, 4 * width].
// Dtype    The result has the dtype of the weights.
struct TimeEmbed {
    std::int64_t width = 0;
    Linear first;
    Linear second;

    TimeEmbed() = default;
    explicit TimeEmbed(std::int64_t model_width);
    at::Tensor operator()(const at::Tensor& timesteps) const;
    void visit(Visitor& visitor, std::string_view name);
};

// A vector of what else a model is told, brought to the width of the time embedding:  W2 silu(W1 y).
// Shapes   y [B, in];  result [B, out].
// Dtype    The result has the dtype of the weights.
struct VectorEmbed {
    Linear first;
    Linear second;

    VectorEmbed() = default;
    VectorEmbed(std::int64_t in, std::int64_t out) : first(in, out), second(out, out) {}
    at::Tensor operator()(const at::Tensor& y) const;
    void visit(Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::nn
