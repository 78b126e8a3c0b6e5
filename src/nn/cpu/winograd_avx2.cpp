#include "nn/cpu/winograd_avx2.hpp"

#include <array>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/strips_avx2.hpp"
#include "nn/cpu/winograd_room.hpp"

namespace lorikeet::nn::winograd::avx2 {

#if defined(__x86_64__)

#pragma GCC push_options
#pragma GCC target("avx2,fma")

namespace {

namespace products = strips::avx2;

struct Lanes {
    using V = __m256;
    static constexpr Index kCount = 8;
    static V all(float x) { return _mm256_set1_ps(x); }
    static V load(const float* from) { return _mm256_loadu_ps(from); }
    static void store(float* to, V x) { _mm256_storeu_ps(to, x); }
    static V add(V a, V b) { return _mm256_add_ps(a, b); }
    static V sub(V a, V b) { return _mm256_sub_ps(a, b); }
    static V mul(V a, V b) { return _mm256_mul_ps(a, b); }
    static V plus_product(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
    static V minus_product(V a, V b, V c) { return _mm256_fnmadd_ps(a, b, c); }
};

}  // namespace

#include "nn/cpu/winograd_tiles.inc"

#pragma GCC pop_options

#else

void convolve(const strips::Weights&, const Pixels&, Index, Index, float*) {}

#endif

}  // namespace lorikeet::nn::winograd::avx2
