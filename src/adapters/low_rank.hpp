// y + scale * B (mask * A x) as one node of the gradient's graph, written over y.
//
// A LoRA is applied to hundreds of layers in every step, and what it computes is small beside what each
// operation costs by itself. So the sum goes into y's own memory (no formula of a linear layer or a
// convolution needs its result for the gradient), the product with B adds onto it, and one node stands for
// the whole.
//
// Shapes   x [..., in] and y [..., out], or [B, in, H, W] and [B, out, H, W];  down [rank, in];
//          up [out, rank];  mask [rows, rank] or undefined, rows being tokens or pixels of the whole batch.
// Dtype    computed in y's; gradients of down and up in theirs.
// Golden   tests/golden/lora_linear.safetensors, tests/golden/lora_conv.safetensors
#pragma once

#include <ATen/ATen.h>

#include "nn/linear.hpp"

namespace lorikeet::adapters {

struct LowRank {
    at::Tensor down;
    at::Tensor up;
    double scale = 1;
    at::Tensor mask;
    // The same two in the dtype that is computed in, where somebody has them already; else they are cast here.
    at::Tensor down_cast = {};
    at::Tensor up_cast = {};
};

enum class Layout { FeaturesLast, Planes };  // of a linear layer's tensors, of an image's

at::Tensor add_low_rank(const at::Tensor& x, const at::Tensor& y, const LowRank& factors, Layout layout);

// A frozen linear layer and the same together, W x + b + scale * B (mask * A x): what the two halves hand to x as its gradient
// would else be summed by itself. The layer computes in the dtype of its weights.
at::Tensor linear_with_low_rank(const at::Tensor& x, const nn::Linear& layer, const LowRank& factors);

}  // namespace lorikeet::adapters
