// The kernel of nn/winograd for processors with AVX2 and FMA.
#pragma once

#include "nn/winograd.hpp"

namespace lorikeet::nn::winograd::avx2 {

void convolve(const strips::Weights& weights, const Image& image, std::int64_t first, std::int64_t end,
              float* room);

}  // namespace lorikeet::nn::winograd::avx2
