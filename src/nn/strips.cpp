#include "nn/strips.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/processor.hpp"
#include "nn/intrinsics.hpp"

namespace lorikeet::nn::strips {

std::int64_t count(const Product& product) {
    const auto& weights = product.weights;
    return (product.direction == Direction::Forward ? weights.out : weights.in) / kWidth;
}

#if defined(__x86_64__)

namespace {

using Index = std::int64_t;
using Word = std::uint32_t;  // one float32, or a pair of bfloat16

constexpr Index kMostRows = 12;          // of a tile: 24 sums in registers, of 32
constexpr Index kChunk = 16 * 1024;      // bytes of a strip that stay in the nearest cache
constexpr Index kLine = 64;              // bytes
constexpr Index kWordsOfStrip = kWidth;  // beside each other

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
template <Number N>
constexpr Index kInputsOfChunk = kChunk / kWordsOfStrip / 4 * Kind<N>::kInputsOfWord;
// The weights of 32 inputs and 32 outputs.
template <Number N>
constexpr Index kBlock = kWidth* kWidth* kBytes<N>;

// The blocks of the next chunk, fetched line by line while this one is worked with: one line for each word of a tile,
// since many at once would make the arithmetic wait.
struct Ahead {
    const char* blocks[kChunk / kWidth / kWidth / 2] = {};
    Index first = 0;  // the line with which a tile begins
};

// sums[m] (+)= rows[m] times a chunk of a strip.
template <Number N, int M, bool Fetches>
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
        if constexpr (Fetches) {
            constexpr Index kLines = kBlock<N> / kLine;
            const auto line = ahead.first + i;
            _mm_prefetch(ahead.blocks[line / kLines] + line % kLines * kLine, _MM_HINT_T1);
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
template <Number N, bool Fetches, int... M>
Tile tile_of(Index rows, std::integer_sequence<int, M...>) {
    static constexpr Tile all[] = {tile<N, M + 1, Fetches>...};
    return all[rows - 1];
}
constexpr auto kAllRows = std::make_integer_sequence<int, kMostRows>();

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

[[gnu::target("avx512f")]] void exchange_words(const Word* block, Word* out) {
    for (int quarter = 0; quarter < 4; ++quarter) {
        const int from = quarter / 2 * 16, to = quarter % 2 * 16;  // the first input, the first output
        __m512i r[16];
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) r[i] = _mm512_load_si512(block + (from + i) * kWidth + to);
        turn(r);
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) _mm512_store_si512(out + (to + i) * kWidth + from, r[i]);
    }
}

// One strip of a product, chunk after chunk. A chunk is some inputs (backward: outputs) of one tap.
template <Number N>
class Strip {
  public:
    Strip(const Product& product, Index strip, Index first, Index end, float* sums)
        : p_(product),
          forward_(product.direction == Direction::Forward),
          strip_(strip),
          first_(first),
          count_(end - first),
          tiles_((count_ + kMostRows - 1) / kMostRows),
          depth_(forward_ ? product.weights.in : product.weights.out),
          sums_(sums) {}

    void sum() {
        bool fresh = true;
        for (std::size_t t = 0; t < p_.taps.size(); ++t)
            for (Index from = 0; from < depth_; from += kInputsOfChunk<N>) {
                const auto size = std::min(kInputsOfChunk<N>, depth_ - from);
                chunk(t, from, size, fresh);
                fresh = false;
            }
    }

  private:
    // Where the block of 32 x 32 weights lies that takes inputs `from` on (backward: gives outputs `from` on).
    const char* block(Index tap, Index from) const {
        const auto& w = p_.weights;
        const auto panel = forward_ ? strip_ : from / kWidth, input = forward_ ? from : strip_ * kWidth;
        return static_cast<const char*>(w.panels) +
               ((panel * w.taps + tap) * w.in + input) * kWidth * kBytes<N>;
    }

    void chunk(std::size_t t, Index from, Index size, bool fresh) {
        const auto tap = p_.taps[t];
        const auto* words = reinterpret_cast<const Word*>(block(tap, from));
        if (!forward_) {
            for (Index i = 0; i < size / kWidth; ++i) {
                const auto* source = reinterpret_cast<const Word*>(block(tap, from + i * kWidth));
                auto* out = made_ + i * kBlock<N> / 4;
                N == Number::Bfloat16 ? exchange_pairs(source, out) : exchange_words(source, out);
            }
            words = made_;
        }
        const auto word_count = size / Kind<N>::kInputsOfWord;
        auto ahead = next_chunk(t, from + size);
        for (Index i = 0; i < tiles_; ++i) {
            const auto begin = count_ * i / tiles_, end = count_ * (i + 1) / tiles_;
            const char* rows[kMostRows];
            for (auto m = begin; m < end; ++m) rows[m - begin] = row(t, first_ + m) + from * kBytes<N>;
            const bool fetches = ahead.first + word_count <= kChunk / kLine;
            const auto work = fetches ? tile_of<N, true>(end - begin, kAllRows)
                                      : tile_of<N, false>(end - begin, kAllRows);
            work(rows, word_count, words, sums_ + begin * kWidth, fresh, ahead);
            ahead.first += word_count;
        }
    }

    const char* row(std::size_t t, Index m) const {
        const Index source = p_.sources ? p_.sources[static_cast<Index>(t) * p_.rows + m] : m;
        if (source < 0) return static_cast<const char*>(p_.zeros);
        return static_cast<const char*>(p_.given) + source * (p_.step ? p_.step : depth_) * kBytes<N>;
    }

    // The blocks after this chunk; where fewer follow than fit, its last one stands in.
    Ahead next_chunk(std::size_t t, Index from) const {
        Ahead ahead;
        if (from >= depth_) ++t, from = 0;
        if (t >= p_.taps.size()) --t, from = std::max<Index>(depth_ - kWidth, 0);
        for (auto& place : ahead.blocks) {
            place = block(p_.taps[t], from);
            from = std::min(from + kWidth, std::max<Index>(depth_ - kWidth, 0));
        }
        return ahead;
    }

    const Product& p_;
    bool forward_;
    Index strip_;
    Index first_;
    Index count_;
    Index tiles_;
    Index depth_;
    float* sums_;
    alignas(64) Word made_[kChunk / 4];
};

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

template <Number N>
void multiply_as(const Product& product, Index strip, Index first, Index end, float* sums) {
    Strip<N>(product, strip, first, end, sums).sum();
    write<N>(product, strip, first, end, sums);
}

// 16 numbers of a file as float32.
template <Given G>
[[gnu::target("avx512f,avx512bw")]] __m512 read16(const char* from) {
    if constexpr (G == Given::Float32) return _mm512_loadu_ps(from);
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    if constexpr (G == Given::Float16) return _mm512_cvtph_ps(half);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}

// `count` numbers (a multiple of 16) in the dtype of the strip.
template <Given G, Number N>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void convert(const char* from, Index count,
                                                                              void* to) {
    constexpr Index kSize = G == Given::Float32 ? 4 : 2;
    if constexpr (G == Given::Bfloat16 && N == Number::Bfloat16) {
        std::memcpy(to, from, static_cast<std::size_t>(count * 2));
        return;
    }
    for (Index i = 0; i < count; i += 16) {
        const __m512 numbers = read16<G>(from + i * kSize);
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
template <Given G, Number N>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void lay_as(const char* rows,
                                                                             const Weights& shape,
                                                                             char* strip) {
    constexpr Index kSize = G == Given::Float32 ? 4 : 2, kInputs = 16 * Kind<N>::kInputsOfWord;
    const auto taps = shape.taps;
    const auto row_bytes = kInputs * taps * kBytes<N>;
    alignas(64) char numbers[16 * 16 * kMostTaps * 4 + kLine];
    for (Index first = 0; first < shape.in; first += kInputs)
        for (Index half = 0; half < kWidth; half += 16) {
            for (Index n = 0; n < 16; ++n)
                convert<G, N>(rows + ((half + n) * shape.in + first) * taps * kSize, kInputs * taps,
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

template <Number N>
void lay_from(const void* rows, Given given, const Weights& shape, void* strip) {
    const auto* from = static_cast<const char*>(rows);
    auto* to = static_cast<char*>(strip);
    switch (given) {
        case Given::Float32: return lay_as<Given::Float32, N>(from, shape, to);
        case Given::Bfloat16: return lay_as<Given::Bfloat16, N>(from, shape, to);
        case Given::Float16: return lay_as<Given::Float16, N>(from, shape, to);
    }
}

}  // namespace

bool can_run(Number number) {
    return base::processor() >=
           (number == Number::Float32 ? base::Processor::Avx512 : base::Processor::Avx512Bf16);
}

void sum(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums) {
    product.weights.number == Number::Float32
        ? Strip<Number::Float32>(product, strip, first, end, sums).sum()
        : Strip<Number::Bfloat16>(product, strip, first, end, sums).sum();
}

void multiply(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end, float* sums) {
    product.weights.number == Number::Float32
        ? multiply_as<Number::Float32>(product, strip, first, end, sums)
        : multiply_as<Number::Bfloat16>(product, strip, first, end, sums);
}

void lay(const void* rows, Given given, const Weights& shape, void* strip) {
    shape.number == Number::Float32 ? lay_from<Number::Float32>(rows, given, shape, strip)
                                    : lay_from<Number::Bfloat16>(rows, given, shape, strip);
}

#else

bool can_run(Number) { return false; }
void sum(const Product&, std::int64_t, std::int64_t, std::int64_t, float*) {}
void multiply(const Product&, std::int64_t, std::int64_t, std::int64_t, float*) {}
void lay(const void*, Given, const Weights&, void*) {}

#endif

}  // namespace lorikeet::nn::strips
