// Tensors that lie one behind another in one buffer: what is done to every number alike is then one operation for any number of
// them.
//
// Shapes   a stretch is [numbers]: several tensors with nothing between them, seen as one.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

// Where tensors in a buffer begin, in bytes: at a cache line, as tensors of their own do. Kernels take other ways, and may round
// otherwise, where operands do not.
inline constexpr std::int64_t kFlatAlignment = 64;

// Copies of `tensors` on `device`, in `type`, as views of one new buffer, in order. One that does not fill its last 64 bytes has
// a gap behind it and so ends a stretch.
std::vector<at::Tensor> lay_flat(at::TensorList tensors, at::Device device, at::ScalarType type);

// Whether `next` begins where `one` ends: in the same memory, of the same dtype, both contiguous.
bool is_followed_by(const at::Tensor& one, const at::Tensor& next);

// So many numbers from the first of `first` on, sharing their memory.
at::Tensor stretch_from(const at::Tensor& first, std::int64_t numbers);

}  // namespace lorikeet::tensor
