// The kernel of winograd.hpp for processors with AVX2 and FMA.
#pragma once

#include "nn/cpu/winograd.hpp"

namespace lorikeet::nn::winograd::avx2 {

void convolve(const strips::Weights& weights, const Pixels& image, std::int64_t first, std::int64_t end,
              float* room);

inline constexpr Kernel kKernel{&convolve};

}  // namespace lorikeet::nn::winograd::avx2
