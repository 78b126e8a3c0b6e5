// Group normalisation of channels-last images on a GPU, with or without SiLU behind it: two passes over the image forwards,
// two backwards. LibTorch's own wants planes one after another, copies there and back, and keeps what SiLU reads.
//
// Shapes   x [B, channels, h, w];  result the same, channels last.
// Dtype    bfloat16, sums in float32; one rounding at the end.
// Golden   tests/nn/group_norm_gpu_test.cpp compares with LibTorch's own on the same card.
#pragma once

#include <string>

#include <ATen/ATen.h>

#include "nn/norm.hpp"

namespace lorikeet::nn {

enum class Then { Nothing, Silu };

// Whether it can be done so: on a GPU, weights frozen, widths that the kernels know.
bool goes_by_group_kernels(const at::Tensor& x, const GroupNorm& norm);
// Why kernels of our own cannot be had on that device, as half a sentence; empty where they can, and on the processor.
std::string trouble_with_kernels(at::Device device);
at::Tensor group_norm_by_kernels(const at::Tensor& x, const GroupNorm& norm, Then then);

}  // namespace lorikeet::nn
