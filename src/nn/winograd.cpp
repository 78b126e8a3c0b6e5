#include "nn/winograd.hpp"

#include <array>

#include "nn/intrinsics.hpp"

namespace lorikeet::nn::winograd {

namespace {

using Index = std::int64_t;
constexpr Index kReach = 6;  // pixels of the picture that a tile sees, one side
constexpr Index kLanes = 16;
// From tap to tap. A line more than is needed: multiples of a page would all meet in the same few lines of the cache.
constexpr Index spread_step(Index in) { return kTiles * in + kLanes; }
constexpr Index kSumStep = kTiles * strips::kWidth + kLanes;

}  // namespace

void kernel_matrix(float* matrix) {
    constexpr double kG[6][3] = {{1.0 / 4, 0, 0},
                                 {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                 {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                 {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                 {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                 {0, 0, 1}};
    for (int i = 0; i < 36; ++i)
        for (int j = 0; j < 9; ++j)
            matrix[i * 9 + j] = static_cast<float>(kG[i / 6][j / 3] * kG[i % 6][j % 3]);
}

std::int64_t room_for(std::int64_t in) { return kTaps * (spread_step(in) + kSumStep); }

#if defined(__x86_64__)

namespace {

// Bᵀ d for one column of six.
[[gnu::target("avx512f"), gnu::always_inline]] inline void spread(const __m512* d, int step, __m512* to) {
    const __m512 two = _mm512_set1_ps(2), four = _mm512_set1_ps(4), five = _mm512_set1_ps(5);
    const __m512 d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
                 d5 = d[5 * step];
    const __m512 even = _mm512_fnmadd_ps(four, d2, d4);                 // d4 - 4 d2
    const __m512 odd = _mm512_fnmadd_ps(four, d1, d3);                  // d3 - 4 d1
    const __m512 far = _mm512_sub_ps(d4, d2);                           // d4 - d2
    const __m512 wide = _mm512_mul_ps(two, _mm512_sub_ps(d3, d1));      // 2 (d3 - d1)
    to[0] = _mm512_fmadd_ps(four, d0, _mm512_fnmadd_ps(five, d2, d4));  // 4 d0 - 5 d2 + d4
    to[step] = _mm512_add_ps(even, odd);
    to[2 * step] = _mm512_sub_ps(even, odd);
    to[3 * step] = _mm512_add_ps(far, wide);
    to[4 * step] = _mm512_sub_ps(far, wide);
    to[5 * step] = _mm512_fmadd_ps(four, d1, _mm512_fnmadd_ps(five, d3, d5));  // 4 d1 - 5 d3 + d5
}

// Aᵀ m for one column of six: four remain.
[[gnu::target("avx512f"), gnu::always_inline]] inline void gather(const __m512* m, int step, __m512* to,
                                                                  int to_step) {
    const __m512 two = _mm512_set1_ps(2), four = _mm512_set1_ps(4), eight = _mm512_set1_ps(8);
    const __m512 near = _mm512_add_ps(m[step], m[2 * step]), near_odd = _mm512_sub_ps(m[step], m[2 * step]);
    const __m512 far = _mm512_add_ps(m[3 * step], m[4 * step]),
                 far_odd = _mm512_sub_ps(m[3 * step], m[4 * step]);
    to[0] = _mm512_add_ps(m[0], _mm512_add_ps(near, far));
    to[to_step] = _mm512_fmadd_ps(two, far_odd, near_odd);
    to[2 * to_step] = _mm512_fmadd_ps(four, far, near);
    to[3 * to_step] = _mm512_add_ps(_mm512_fmadd_ps(eight, far_odd, near_odd), m[5 * step]);
}

// The corner of a tile in the picture.
struct Corner {
    Index image;
    Index y;
    Index x;
};

Corner corner_of(const Picture& p, Index tile) {
    const auto across = p.tiles_across(), down = (p.height + kSide - 1) / kSide;
    return {tile / (across * down), tile / across % down * kSide, tile % across * kSide};
}

// Bᵀ d B of one tile: to[tap * spread_step(in) + channel].
[[gnu::target("avx512f")]] void spread_tile(const Picture& p, Index tile, Index in, float* to) {
    const auto corner = corner_of(p, tile);
    std::array<const float*, kReach * kReach> pixels{};
    for (Index i = 0; i < kReach * kReach; ++i) {
        const auto y = corner.y + i / kReach - 1, x = corner.x + i % kReach - 1;
        const bool inside = y >= 0 && y < p.height && x >= 0 && x < p.width;
        pixels[static_cast<std::size_t>(i)] =
            inside ? p.given + ((corner.image * p.height + y) * p.width + x) * in : p.zeros;
    }
    for (Index channel = 0; channel < in; channel += kLanes) {
        __m512 d[36];
        for (std::size_t i = 0; i < 36; ++i) d[i] = _mm512_loadu_ps(pixels[i] + channel);
        for (int column = 0; column < 6; ++column) spread(d + column, 6, d + column);
        for (int row = 0; row < 6; ++row) spread(d + row * 6, 1, d + row * 6);
        for (Index tap = 0; tap < kTaps; ++tap)
            _mm512_storeu_ps(to + tap * spread_step(in) + channel, d[tap]);
    }
}

// Aᵀ m A of one tile and 16 of its channels, into the picture.
[[gnu::target("avx512f")]] void gather_tile(const Picture& p, Index tile, Index out, Index channel,
                                            const float* from) {
    __m512 m[36];
    __m512 y[24];
    for (Index tap = 0; tap < kTaps; ++tap) m[tap] = _mm512_loadu_ps(from + tap * kSumStep);
    for (int column = 0; column < 6; ++column) gather(m + column, 6, y + column, 6);
    const auto corner = corner_of(p, tile);
    const __m512 bias = p.bias ? _mm512_loadu_ps(p.bias + channel) : _mm512_setzero_ps();
    for (Index row = 0; row < kSide && corner.y + row < p.height; ++row) {
        __m512 pixels[4];
        gather(y + row * 6, 1, pixels, 1);
        float* place = p.result + ((corner.image * p.height + corner.y + row) * p.width + corner.x) * out +
                       channel;
        for (Index x = 0; x < kSide && corner.x + x < p.width; ++x)
            _mm512_storeu_ps(place + x * out, _mm512_add_ps(pixels[x], bias));
    }
}

}  // namespace

void convolve(const strips::Weights& weights, const Picture& picture, Index first, Index end, float* room) {
    float* spread = room;
    float* sums = room + kTaps * spread_step(weights.in);
    for (auto tile = first; tile < end; ++tile)
        spread_tile(picture, tile, weights.in, spread + (tile - first) * weights.in);
    strips::Product product;
    product.weights = weights;
    product.rows = end - first;
    for (Index strip = 0; strip < weights.out / strips::kWidth; ++strip) {
        for (std::int32_t tap = 0; tap < kTaps; ++tap) {
            product.given = spread + tap * spread_step(weights.in);
            product.taps = {&tap, 1};
            strips::sum(product, strip, 0, product.rows, sums + tap * kSumStep);
        }
        for (auto tile = first; tile < end; ++tile)
            for (Index half = 0; half < strips::kWidth; half += kLanes)
                gather_tile(picture, tile, weights.out, strip * strips::kWidth + half,
                            sums + (tile - first) * strips::kWidth + half);
    }
}

#else

void convolve(const strips::Weights&, const Picture&, Index, Index, float*) {}

#endif

}  // namespace lorikeet::nn::winograd
