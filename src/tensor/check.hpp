// Looking for NaN and infinity.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <ATen/ATen.h>

#include "io/finite.hpp"

namespace lorikeet::tensor {

// One synchronisation for all of them. Undefined tensors count as finite.
bool all_finite(std::span<const at::Tensor> tensors);
bool all_finite(const at::Tensor& tensor);

// The same of one tensor, with how many there are, as fast as memory is read: for what comes from a file. Nothing when
// all are finite.
std::optional<io::NotFinite> find_not_finite(const at::Tensor& tensor);

}  // namespace lorikeet::tensor
