// Attention with several heads:  softmax(Q Kᵀ / sqrt(d)) V,  Q from x, K and V from the context.
//
// Shapes   x [B, T, width];  context [B, S, context_width];  result [B, T, width].
//          Self-attention: context = x.
// Source   Vaswani et al. 2017, arXiv:1706.03762.
// Golden   tests/golden/unet_parts.safetensors
// Throws   Error{Internal} when the heads do not divide the width.
#pragma once

#include <ATen/ATen.h>

#include "nn/linear.hpp"

namespace lorikeet::nn {

struct AttentionShape {
    std::int64_t width = 0;
    std::int64_t context_width = 0;
    std::int64_t heads = 1;
};

// One projection cut into heads: [B, T, heads * d] to [B, heads, T, d], without a copy.
at::Tensor split_heads(const at::Tensor& x, std::int64_t heads);
// And back.
at::Tensor join_heads(const at::Tensor& x);

// softmax(Q Kᵀ / sqrt(d)) V of projections [B, T, heads * d] and [B, S, heads * d]; the result is [B, T, heads * d].
at::Tensor attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  std::int64_t heads);

struct Attention {
    AttentionShape shape;
    Linear to_q;
    Linear to_k;
    Linear to_v;
    Linear to_out;

    Attention() = default;
    explicit Attention(AttentionShape attention_shape);
    at::Tensor operator()(const at::Tensor& x, const at::Tensor& context) const;
    void visit(Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::nn
