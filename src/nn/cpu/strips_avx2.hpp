// The kernels of strips.hpp for processors with AVX2, FMA and F16C: six rows by 16 outputs in the registers. float32, over weights
// of 32 or 16 bits.
#pragma once

#include "nn/cpu/strips.hpp"

namespace lorikeet::nn::strips::avx2 {

void sum(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums);
void multiply(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums);

inline constexpr Kernel kKernel{&sum, &multiply, &lay_as_given};

}  // namespace lorikeet::nn::strips::avx2
