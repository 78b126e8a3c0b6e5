// The products of skinny.hpp in float32, for processors with AVX2 and FMA. The shapes are those of skinny.hpp.
#pragma once

#include "nn/cpu/skinny.hpp"

namespace lorikeet::nn::skinny::avx2 {

void forward(const at::Tensor& x, const Factors& factors, const at::Tensor& h, const at::Tensor& y);
void backward(const at::Tensor& x, const at::Tensor& h, const at::Tensor& g, const Factors& factors,
              const Slopes& slopes);

inline constexpr Kernel kKernel{&forward, &backward};

}  // namespace lorikeet::nn::skinny::avx2
