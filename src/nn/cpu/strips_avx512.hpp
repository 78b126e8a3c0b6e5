// The kernels of strips.hpp for processors with AVX-512: twelve rows by 32 outputs in the registers. float32, over weights of 32
// or 16 bits, and pairs of bfloat16.
#pragma once

#include "nn/cpu/strips.hpp"

namespace lorikeet::nn::strips::avx512 {

void sum(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums);
void multiply(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums);
void lay(const void* rows, Stored given, const Weights& shape, void* strip);

inline constexpr Kernel kKernel{&sum, &multiply, &lay};

}  // namespace lorikeet::nn::strips::avx512
