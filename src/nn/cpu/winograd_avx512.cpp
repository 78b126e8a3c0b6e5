#include "nn/cpu/winograd_avx512.hpp"

#include <array>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/strips_avx512.hpp"
#include "nn/cpu/winograd_room.hpp"

namespace lorikeet::nn::winograd::avx512 {

#if defined(__x86_64__)

#pragma GCC push_options
#pragma GCC target("avx512f")

namespace {

namespace products = strips::avx512;

struct Lanes {
    using V = __m512;
    static constexpr Index kCount = 16;
    static V all(float x) { return _mm512_set1_ps(x); }
    static V load(const float* from) { return _mm512_loadu_ps(from); }
    static void store(float* to, V x) { _mm512_storeu_ps(to, x); }
    static V add(V a, V b) { return _mm512_add_ps(a, b); }
    static V sub(V a, V b) { return _mm512_sub_ps(a, b); }
    static V mul(V a, V b) { return _mm512_mul_ps(a, b); }
    static V plus_product(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
    static V minus_product(V a, V b, V c) { return _mm512_fnmadd_ps(a, b, c); }
};

}  // namespace

#include "nn/cpu/winograd_tiles.inc"

#pragma GCC pop_options

#else

void convolve(const strips::Weights&, const Pixels&, Index, Index, float*) {}

#endif

}  // namespace lorikeet::nn::winograd::avx512
