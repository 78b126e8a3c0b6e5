// The products of a low-rank update by the processor's own instructions: in bfloat16 by 512-bit ones, in float32 by AVX2 where
// there is nothing wider.
//
// A rank is a few columns beside the hundreds of a layer. A library's matrix product spends more on getting ready for it than on
// it, and reads the layer's rows once for each product. Here rows are read once forwards, and once by rows and once by
// columns backwards; every sum is one thread's, so that their number changes nothing.
//
// Shapes   x [M, in], y and g [M, out], h [M, rank], all dense;  A [rank, in], B [out, rank].
// Dtype    all float32, or all bfloat16 but the gradients of A and B, which are float32; sums are float32.
#pragma once

#include <ATen/ATen.h>

namespace lorikeet::nn::skinny {

struct Factors {
    at::Tensor down;  // A
    at::Tensor up;    // B
    double scale = 1;
};

// What the gradient g of y makes of it, with t = scale * g B:  slope = t A, or slope += t A where it holds something already;
// down = tᵀ x, up = gᵀ h. An undefined one is not asked for.
struct Slopes {
    at::Tensor x;
    bool is_fresh = true;
    at::Tensor down;
    at::Tensor up;
};

constexpr std::int64_t kMostRank = 64;
constexpr std::int64_t kSideStep = 32;  // columns come in multiples of it

struct Kernel {
    // h = scale * x Aᵀ,  y += h Bᵀ.
    void (*forward)(const at::Tensor& x, const Factors& factors, const at::Tensor& h, const at::Tensor& y);
    void (*backward)(const at::Tensor& x, const at::Tensor& h, const at::Tensor& g, const Factors& factors,
                     const Slopes& slopes);
};

}  // namespace lorikeet::nn::skinny
