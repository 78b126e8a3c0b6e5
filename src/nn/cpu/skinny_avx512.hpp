// The products of skinny.hpp in bfloat16, for processors with AVX-512 and its products of pairs. The shapes are those of skinny.hpp.
#pragma once

#include "nn/cpu/skinny.hpp"

namespace lorikeet::nn::skinny::avx512 {

void forward(const at::Tensor& x, const Factors& factors, const at::Tensor& h, const at::Tensor& y);
void backward(const at::Tensor& x, const at::Tensor& h, const at::Tensor& g, const Factors& factors,
              const Slopes& slopes);

inline constexpr Kernel kKernel{&forward, &backward};

}  // namespace lorikeet::nn::skinny::avx512
