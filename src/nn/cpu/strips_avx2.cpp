#include "nn/cpu/strips_avx2.hpp"

#include <utility>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/strips_walk.hpp"

namespace lorikeet::nn::strips::avx2 {

#if defined(__x86_64__)

namespace {

constexpr Index kLanes = 8;
constexpr Index kHalf = 2 * kLanes;  // outputs of a tile: a line of the cache

// Eight numbers of the panels as float32; bfloat16 is the upper half of one.
template <Stored S>
[[gnu::target("avx2,fma,f16c"), gnu::always_inline]] inline __m256 read8(const char* from) {
    if constexpr (S == Stored::Float32) return _mm256_loadu_ps(reinterpret_cast<const float*>(from));
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    if constexpr (S == Stored::Float16) return _mm256_cvtph_ps(half);
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}

// A matrix of 8 x 8 words, turned over.
[[gnu::target("avx2,fma,f16c"), gnu::always_inline]] inline void turn(__m256* r) {
    __m256 t[8], u[8];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        t[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {
        u[4 * i] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0x44);
        u[4 * i + 1] = _mm256_shuffle_ps(t[4 * i], t[4 * i + 2], 0xee);
        u[4 * i + 2] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0x44);
        u[4 * i + 3] = _mm256_shuffle_ps(t[4 * i + 1], t[4 * i + 3], 0xee);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        r[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
        r[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
    }
}

// sums[m] (+)= rows[m] times 16 outputs of a chunk: twelve registers of sums, two of weights, one of a row's number.
template <int M, Index Lines>
[[gnu::target("avx2,fma,f16c")]] void half_tile(const char* const* rows, Index words, const float* strip,
                                                float* sums, bool fresh, const Ahead& ahead) {
    __m256 sum[M][2];
    const float* row[M];
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) {
        row[m] = reinterpret_cast<const float*>(rows[m]);
        sum[m][0] = fresh ? _mm256_setzero_ps() : _mm256_load_ps(sums + m * kWidth);
        sum[m][1] = fresh ? _mm256_setzero_ps() : _mm256_load_ps(sums + m * kWidth + kLanes);
    }
    for (Index i = 0; i < words; ++i) {
        if constexpr (Lines > 0) {  // of a block; 0: nothing is fetched
            const auto line = ahead.first + i;
            _mm_prefetch(ahead.blocks[line / Lines] + line % Lines * kLine, _MM_HINT_T1);
        }
        const __m256 left = _mm256_load_ps(strip + i * kWidth);
        const __m256 right = _mm256_load_ps(strip + i * kWidth + kLanes);
#pragma GCC unroll 6
        for (int m = 0; m < M; ++m) {
            const __m256 x = _mm256_broadcast_ss(row[m] + i);
            sum[m][0] = _mm256_fmadd_ps(x, left, sum[m][0]);
            sum[m][1] = _mm256_fmadd_ps(x, right, sum[m][1]);
        }
    }
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) {
        _mm256_store_ps(sums + m * kWidth, sum[m][0]);
        _mm256_store_ps(sums + m * kWidth + kLanes, sum[m][1]);
    }
}

using Tile = void (*)(const char* const*, Index, const float*, float*, bool, const Ahead&);
template <Index Lines, int... M>
Tile tile_of(Index rows, std::integer_sequence<int, M...>) {
    static constexpr Tile all[] = {half_tile<M + 1, Lines>...};
    return all[rows - 1];
}

template <Stored S>
struct Kernel {
    static constexpr Index kRows = 6, kInputsOfWord = 1, kRowBytes = 4;
    static constexpr Index kStoredBytes = S == Stored::Float32 ? 4 : 2;
    static constexpr Index kLines = kWidth * kWidth * kStoredBytes / kLine;

    [[gnu::target("avx2,fma,f16c")]] static void exchange(const char* block, Word* out) {
        auto* to = reinterpret_cast<float*>(out);
        for (Index input = 0; input < kWidth; input += kLanes)
            for (Index output = 0; output < kWidth; output += kLanes) {
                __m256 r[kLanes];
#pragma GCC unroll 8
                for (Index i = 0; i < kLanes; ++i)
                    r[i] = read8<S>(block + ((input + i) * kWidth + output) * kStoredBytes);
                turn(r);
#pragma GCC unroll 8
                for (Index i = 0; i < kLanes; ++i) _mm256_store_ps(to + (output + i) * kWidth + input, r[i]);
            }
    }

    [[gnu::target("avx2,fma,f16c")]] static void widen(const char* from, Index count, Word* out) {
        auto* to = reinterpret_cast<float*>(out);
        for (Index i = 0; i < count; i += kLanes) _mm256_store_ps(to + i, read8<S>(from + i * kStoredBytes));
    }

    static void tile(Index count, const char* const* rows, Index words, const Word* strip, float* sums,
                     bool fresh, const Ahead& ahead) {
        constexpr auto kAllRows = std::make_integer_sequence<int, kRows>();
        const bool fetches = ahead.first + words <= kChunk / kLine;
        const auto* numbers = reinterpret_cast<const float*>(strip);
        const auto first = fetches ? tile_of<kLines>(count, kAllRows) : tile_of<0>(count, kAllRows);
        first(rows, words, numbers, sums, fresh, ahead);
        tile_of<0>(count, kAllRows)(rows, words, numbers + kHalf, sums + kHalf, fresh, ahead);
    }
};

[[gnu::target("avx2,fma,f16c")]] void write(const Product& p, Index strip, Index first, Index end,
                                            const float* sums) {
    const auto width = p.direction == Direction::Forward ? p.weights.out : p.weights.in;
    const auto* bias = p.bias ? p.bias + strip * kWidth : nullptr;
    for (auto m = first; m < end; ++m, sums += kWidth) {
        const Index target = p.targets ? p.targets[m] : m;
        float* place = static_cast<float*>(p.result) + target * width + strip * kWidth;
        for (Index i = 0; i < kWidth; i += kLanes) {
            const __m256 more = bias ? _mm256_loadu_ps(bias + i) : _mm256_setzero_ps();
            _mm256_storeu_ps(place + i, _mm256_add_ps(_mm256_load_ps(sums + i), more));
        }
    }
}

}  // namespace

void sum(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums) {
    switch (product.weights.stored) {
        case Stored::Float32:
            return StripSum<Kernel<Stored::Float32>>(product, strip, first, end, sums).sum();
        case Stored::Bfloat16:
            return StripSum<Kernel<Stored::Bfloat16>>(product, strip, first, end, sums).sum();
        case Stored::Float16:
            return StripSum<Kernel<Stored::Float16>>(product, strip, first, end, sums).sum();
    }
}

void multiply(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums) {
    avx2::sum(product, strip, first, end, sums);
    write(product, strip, first, end, sums);
}

#else

void sum(const Product&, std::int64_t, std::int64_t, std::int64_t, float*) {}
void multiply(const Product&, std::int64_t, std::int64_t, std::int64_t, float*) {}

#endif

}  // namespace lorikeet::nn::strips::avx2
