// Looking for NaN and infinity.
#pragma once

#include <span>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

// One synchronisation for all of them. Undefined tensors count as finite.
bool all_finite(std::span<const at::Tensor> tensors);
bool all_finite(const at::Tensor& tensor);

}  // namespace lorikeet::tensor
