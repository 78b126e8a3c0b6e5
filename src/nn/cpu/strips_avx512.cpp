#include "nn/cpu/strips_avx512.hpp"

#include <cstring>
#include <utility>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/strips_walk.hpp"

namespace lorikeet::nn::strips::avx512 {

#if defined(__x86_64__)

namespace {

constexpr Index kMostRows = 12;  // of a tile: 24 sums in registers, of 32

template <Number>
struct Kind;
template <>
struct Kind<Number::Float32> {
    static constexpr Index kInputsOfWord = 1;
};
template <>
struct Kind<Number::Bfloat16> {
    static constexpr Index kInputsOfWord = 2;
};
template <Number N>
constexpr Index kBytes = 4 / Kind<N>::kInputsOfWord;
template <Stored G>
constexpr Index kSize = G == Stored::Float32 ? 4 : 2;

// 16 numbers of a file as float32.
template <Stored G>
[[gnu::target("avx512f,avx512bw")]] __m512 read16(const char* from) {
    if constexpr (G == Stored::Float32) return _mm512_loadu_ps(from);
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    if constexpr (G == Stored::Float16) return _mm512_cvtph_ps(half);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

// sums[m] (+)= rows[m] times a chunk of a strip.
template <Number N, int M, Index Lines>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void tile(const char* const* rows,
                                                                           Index words, const Word* strip,
                                                                           float* sums, bool fresh,
                                                                           const Ahead& ahead) {
    __m512 sum[M][2];
    const Word* row[M];
#pragma GCC unroll 12
    for (int m = 0; m < M; ++m) {
        row[m] = reinterpret_cast<const Word*>(rows[m]);
        sum[m][0] = fresh ? _mm512_setzero_ps() : _mm512_load_ps(sums + m * kWidth);
        sum[m][1] = fresh ? _mm512_setzero_ps() : _mm512_load_ps(sums + m * kWidth + 16);
    }
    for (Index i = 0; i < words; ++i) {
        if constexpr (Lines > 0) {  // of a block; 0: nothing is fetched
            const auto line = ahead.first + i;
            _mm_prefetch(ahead.blocks[line / Lines] + line % Lines * kLine, _MM_HINT_T1);
        }
        const __m512i left = _mm512_load_si512(strip + i * kWidth);
        const __m512i right = _mm512_load_si512(strip + i * kWidth + 16);
#pragma GCC unroll 12
        for (int m = 0; m < M; ++m) {
            const __m512i x = _mm512_set1_epi32(static_cast<int>(row[m][i]));
            if constexpr (N == Number::Bfloat16) {
                sum[m][0] = _mm512_dpbf16_ps(sum[m][0], (__m512bh)x, (__m512bh)left);
                sum[m][1] = _mm512_dpbf16_ps(sum[m][1], (__m512bh)x, (__m512bh)right);
            } else {
                const __m512 factor = _mm512_castsi512_ps(x);
                sum[m][0] = _mm512_fmadd_ps(factor, _mm512_castsi512_ps(left), sum[m][0]);
                sum[m][1] = _mm512_fmadd_ps(factor, _mm512_castsi512_ps(right), sum[m][1]);
            }
        }
    }
#pragma GCC unroll 12
    for (int m = 0; m < M; ++m) {
        _mm512_store_ps(sums + m * kWidth, sum[m][0]);
        _mm512_store_ps(sums + m * kWidth + 16, sum[m][1]);
    }
}

using Tile = void (*)(const char* const*, Index, const Word*, float*, bool, const Ahead&);
template <Number N, Index Lines, int... M>
Tile tile_of(Index rows, std::integer_sequence<int, M...>) {
    static constexpr Tile all[] = {tile<N, M + 1, Lines>...};
    return all[rows - 1];
}

// A matrix of 16 x 16 words, turned over.
[[gnu::target("avx512f"), gnu::always_inline]] inline void turn(__m512i* r) {
    __m512i t[16];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
        t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
        r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
    }
}

// One block of 32 inputs and 32 outputs, its inputs and outputs exchanged. A quarter at a time: 16 words by 16 outputs.
[[gnu::target("avx512f,avx512bw")]] void exchange_pairs(const Word* block, Word* out) {
    const __m512i low = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7,
                                         38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    const __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(16));
    for (int half = 0; half < 2; ++half) {
        __m512i r[16];
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) r[i] = _mm512_load_si512(block + i * kWidth + half * 16);
        turn(r);  // r[n]: the 32 inputs of output n
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) {
            Word* place = out + (half * 8 + i) * kWidth;
            _mm512_store_si512(place, _mm512_permutex2var_epi16(r[2 * i], low, r[2 * i + 1]));
            _mm512_store_si512(place + 16, _mm512_permutex2var_epi16(r[2 * i], high, r[2 * i + 1]));
        }
    }
}

template <Stored S>
[[gnu::target("avx512f,avx512bw")]] void exchange_words(const char* block, Word* out) {
    for (int quarter = 0; quarter < 4; ++quarter) {
        const int from = quarter / 2 * 16, to = quarter % 2 * 16;  // the first input, the first output
        __m512i r[16];
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i)
            r[i] = _mm512_castps_si512(read16<S>(block + ((from + i) * kWidth + to) * kSize<S>));
        turn(r);
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) _mm512_store_si512(out + (to + i) * kWidth + from, r[i]);
    }
}

template <Number N, Stored S>
struct Kernel {
    static constexpr Index kRows = kMostRows, kInputsOfWord = Kind<N>::kInputsOfWord, kRowBytes = kBytes<N>;
    static constexpr Index kStoredBytes = N == Number::Bfloat16 ? 2 : kSize<S>;
    static constexpr Index kLines = kWidth * kWidth * kStoredBytes / kLine;

    static void exchange(const char* block, Word* out) {
        if constexpr (N == Number::Bfloat16)
            exchange_pairs(reinterpret_cast<const Word*>(block), out);
        else
            exchange_words<S>(block, out);
    }

    [[gnu::target("avx512f,avx512bw")]] static void widen(const char* from, Index count, Word* out) {
        for (Index i = 0; i < count; i += 16)
            _mm512_store_si512(out + i, _mm512_castps_si512(read16<S>(from + i * kSize<S>)));
    }

    static void tile(Index count, const char* const* rows, Index words, const Word* strip, float* sums,
                     bool fresh, const Ahead& ahead) {
        constexpr auto kAllRows = std::make_integer_sequence<int, kMostRows>();
        const bool fetches = ahead.first + words <= kChunk / kLine;
        const auto work = fetches ? tile_of<N, kLines>(count, kAllRows) : tile_of<N, 0>(count, kAllRows);
        work(rows, words, strip, sums, fresh, ahead);
    }
};

template <Number N, Stored S>
void sum_as(const Product& product, Index strip, Index first, Index end, float* sums) {
    StripSum<Kernel<N, S>>(product, strip, first, end, sums).sum();
}

template <Number N>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void write(const Product& p, Index strip,
                                                                            Index first, Index end,
                                                                            const float* sums) {
    const auto width = (p.direction == Direction::Forward ? p.weights.out : p.weights.in) * kBytes<N>;
    const auto* bias = p.bias ? p.bias + strip * kWidth : nullptr;
    const __m512 left = bias ? _mm512_loadu_ps(bias) : _mm512_setzero_ps();
    const __m512 right = bias ? _mm512_loadu_ps(bias + 16) : _mm512_setzero_ps();
    for (auto m = first; m < end; ++m, sums += kWidth) {
        const Index target = p.targets ? p.targets[m] : m;
        char* place = static_cast<char*>(p.result) + target * width + strip * kWidth * kBytes<N>;
        const __m512 a = _mm512_add_ps(_mm512_load_ps(sums), left);
        const __m512 b = _mm512_add_ps(_mm512_load_ps(sums + 16), right);
        if constexpr (N == Number::Bfloat16) {
            _mm512_storeu_si512(place, (__m512i)_mm512_cvtne2ps_pbh(b, a));
        } else {
            _mm512_storeu_ps(place, a);
            _mm512_storeu_ps(place + 64, b);
        }
    }
}

// `count` numbers (a multiple of 16) in the dtype of the strip.
template <Stored G, Number N>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void convert(const char* from, Index count,
                                                                              void* to) {
    if constexpr (G == Stored::Bfloat16 && N == Number::Bfloat16) {
        std::memcpy(to, from, static_cast<std::size_t>(count * 2));
        return;
    }
    for (Index i = 0; i < count; i += 16) {
        const __m512 numbers = read16<G>(from + i * kSize<G>);
        char* place = static_cast<char*>(to) + i * kBytes<N>;
        if constexpr (N == Number::Bfloat16)
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(place), (__m256i)_mm512_cvtneps_pbh(numbers));
        else
            _mm512_storeu_ps(place, numbers);
    }
}

// 16 words of one tap out of numbers [.., taps]: those of 16 inputs, or of 32 in pairs.
template <Number N>
[[gnu::target("avx512f,avx512bw")]] __m512i pick(const char* numbers, Index taps, Index tap) {
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const char* from = numbers + tap * kBytes<N>;
    const auto step = static_cast<int>(taps * 4);  // bytes from word to word
    const __m512i places = _mm512_mullo_epi32(lanes, _mm512_set1_epi32(step));
    if constexpr (N == Number::Float32) return _mm512_i32gather_epi32(places, from, 1);
    const __m512i even = _mm512_i32gather_epi32(places, from, 1);  // each with a neighbour above it
    const __m512i odd = _mm512_i32gather_epi32(places, from + taps * 2, 1);
    return _mm512_or_si512(_mm512_and_si512(even, _mm512_set1_epi32(0xffff)), _mm512_slli_epi32(odd, 16));
}

// 16 outputs at a time: their numbers converted, picked by tap, and turned over.
template <Stored G, Number N>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void lay_as(const char* rows,
                                                                             const Weights& shape,
                                                                             char* strip) {
    constexpr Index kInputs = 16 * Kind<N>::kInputsOfWord;
    const auto taps = shape.taps;
    const auto row_bytes = kInputs * taps * kBytes<N>;
    alignas(64) char numbers[16 * 16 * kMostTaps * 4 + kLine];
    for (Index first = 0; first < shape.in; first += kInputs)
        for (Index half = 0; half < kWidth; half += 16) {
            for (Index n = 0; n < 16; ++n)
                convert<G, N>(rows + ((half + n) * shape.in + first) * taps * kSize<G>, kInputs * taps,
                              numbers + n * row_bytes);
            for (Index tap = 0; tap < taps; ++tap) {
                __m512i r[16];
                for (int n = 0; n < 16; ++n) r[n] = pick<N>(numbers + n * row_bytes, taps, tap);
                turn(r);
                auto* words = reinterpret_cast<Word*>(strip + (tap * shape.in + first) * kWidth * kBytes<N>) +
                              half;
                for (int i = 0; i < 16; ++i) _mm512_store_si512(words + i * kWidth, r[i]);
            }
        }
}

}  // namespace

void sum(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums) {
    constexpr auto kFloat = Number::Float32;
    if (product.weights.number == Number::Bfloat16)
        return sum_as<Number::Bfloat16, Stored::Bfloat16>(product, strip, first, end, sums);
    switch (product.weights.stored) {
        case Stored::Float32: return sum_as<kFloat, Stored::Float32>(product, strip, first, end, sums);
        case Stored::Bfloat16: return sum_as<kFloat, Stored::Bfloat16>(product, strip, first, end, sums);
        case Stored::Float16: return sum_as<kFloat, Stored::Float16>(product, strip, first, end, sums);
    }
}

void multiply(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums) {
    avx512::sum(product, strip, first, end, sums);
    product.weights.number == Number::Float32 ? write<Number::Float32>(product, strip, first, end, sums)
                                              : write<Number::Bfloat16>(product, strip, first, end, sums);
}

void lay(const void* rows, Stored given, const Weights& shape, void* strip) {
    const auto* from = static_cast<const char*>(rows);
    auto* to = static_cast<char*>(strip);
    if (shape.number == Number::Float32) {
        if (given != Stored::Float32 || shape.stored != given) return lay_as_given(rows, given, shape, strip);
        return lay_as<Stored::Float32, Number::Float32>(from, shape, to);
    }
    switch (given) {
        case Stored::Float32: return lay_as<Stored::Float32, Number::Bfloat16>(from, shape, to);
        case Stored::Bfloat16: return lay_as<Stored::Bfloat16, Number::Bfloat16>(from, shape, to);
        case Stored::Float16: return lay_as<Stored::Float16, Number::Bfloat16>(from, shape, to);
    }
}

#else

void sum(const Product&, std::int64_t, std::int64_t, std::int64_t, float*) {}
void multiply(const Product&, std::int64_t, std::int64_t, std::int64_t, float*) {}
void lay(const void*, Stored, const Weights&, void*) {}

#endif

}  // namespace lorikeet::nn::strips::avx512
