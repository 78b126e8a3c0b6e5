// The kernels of nn/strips for processors with AVX2, FMA and F16C: six rows by 16 outputs in the registers. float32, over weights
// of 32 or 16 bits.
#pragma once

#include "nn/strips.hpp"

namespace lorikeet::nn::strips::avx2 {

void sum(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums);
void multiply(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums);

}  // namespace lorikeet::nn::strips::avx2
