// One half of a layer's result times GELU of the other:  value * gelu(gate),  the heart of GEGLU.
//
// On a GPU in bfloat16 it is one kernel forwards and one backwards, and nothing but the input is kept; elsewhere LibTorch's
// operators one after another.
//
// Shapes   both [..., 2 F], values first, then gates;  result [..., F].
// Source   Shazeer 2020, arXiv:2002.05202;  GELU by the error function.
#pragma once

#include <ATen/ATen.h>

namespace lorikeet::nn {

at::Tensor gated_gelu(const at::Tensor& both);

}  // namespace lorikeet::nn
