// Convolutions of 3 x 3 pixels with a quarter of the multiplications, for images that no gradient is wanted of.
//
// 4 x 4 pixels of the result are worked out at once from 6 x 6 of the image: both the pixels and the kernel are
// brought into a form in which the convolution is 36 products instead of 144,
//     Y = Aᵀ [ (G g Gᵀ) . (Bᵀ d B) ] A.
// In float32 the result differs from the plain sum by some 1e-6 of its size, far below bfloat16's 4e-3, which is why it
// is made in float32 only. The VAE, which sees every image of a data set once, spends nearly all its time here.
//
// Source   Lavin and Gray 2015, arXiv:1509.09308, F(4 x 4, 3 x 3).
#pragma once

#include <cstdint>

#include "nn/cpu/strips.hpp"

namespace lorikeet::nn::winograd {

constexpr std::int64_t kTaps = 36;
constexpr std::int64_t kSide = 4;  // of a tile of the result
// Tiles worked out at once: what lies between stays in the cache.
constexpr std::int64_t kTiles = 24;

// G kron G, [36, 9]: a kernel g as nine numbers becomes G g Gᵀ as 36.
void kernel_matrix(float* matrix);

struct Pixels {
    const float* given = nullptr;  // [batch, height, width, in]
    float* result = nullptr;       // [batch, height, width, out]
    const float* bias = nullptr;   // [out], or none
    const float* zeros = nullptr;  // [in] of them
    std::int64_t batch = 1;
    std::int64_t height = 0;
    std::int64_t width = 0;

    std::int64_t tiles_across() const { return (width + kSide - 1) / kSide; }
    std::int64_t tiles() const { return batch * ((height + kSide - 1) / kSide) * tiles_across(); }
};

// Floats that a kernel works in.
std::int64_t room_for(std::int64_t in);

// Tiles [first, end), at most kTiles, of a convolution with stride 1 and padding 1. `weights` are float32 panels of 36
// taps; `room` is 64 byte aligned.
struct Kernel {
    void (*convolve)(const strips::Weights& weights, const Pixels& image, std::int64_t first,
                     std::int64_t end, float* room);
};

}  // namespace lorikeet::nn::winograd
