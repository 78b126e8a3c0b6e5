#include "nn/cpu/heads_avx512.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/strips_avx512.hpp"

namespace lorikeet::nn::heads::avx512 {

namespace {

using Index = std::int64_t;
constexpr Index kStrip = strips::kWidth;
constexpr Index kRows = 24;  // worked on at once

constexpr Index filled(Index count) { return (count + kStrip - 1) / kStrip * kStrip; }

// The longer side, and the width of a head, filled up to whole strips.
Index most(const Head& head) { return filled(std::max(head.queries, head.keys)); }

}  // namespace

std::int64_t room_for(const Head& head) {
    const auto length = most(head), width = filled(head.width);
    const auto packed = length * width * Index{sizeof(Bits)};   // one of seven
    const auto scores = kRows * length * Index{sizeof(float)};  // two
    const auto rows = kRows * length * Index{sizeof(Bits)};     // two
    const auto sums = kRows * width * Index{sizeof(float)};     // one
    const auto columns = length * Index{sizeof(float)};         // two
    return 7 * packed + 2 * scores + 2 * rows + sums + 2 * columns + 16 * 64;
}

#if defined(__x86_64__)

namespace {

constexpr std::array<std::int32_t, 1> kOneTap{0};
constexpr float kNever = 1e30F;  // taken from a score, it leaves a share of nothing

// Hands out pieces of the room.
class Room {
  public:
    explicit Room(char* begin) : next_(begin) {}
    template <class T>
    T* take(Index count) {
        auto* piece = reinterpret_cast<T*>(next_);
        next_ += (count * Index{sizeof(T)} + 63) / 64 * 64;
        return piece;
    }

  private:
    char* next_;
};

struct Rows {
    const Bits* first;
    Index count;
    Index width;
    Index step;
};

// Strips whose products with a row are the row's scores with `rows`: [filled(count) / 32, width / 2, 32, 2].
const Bits* lay_for_scores(const Rows& rows, Room& room) {
    auto* strips = room.take<std::uint32_t>(filled(rows.count) * rows.width / 2);
    const auto words = rows.width / 2;
    for (Index r = 0; r < filled(rows.count); ++r) {
        auto* place = strips + r / kStrip * words * kStrip + r % kStrip;
        for (Index i = 0; i < words; ++i) {
            std::uint32_t pair = 0;
            if (r < rows.count) std::memcpy(&pair, rows.first + r * rows.step + 2 * i, sizeof pair);
            place[i * kStrip] = pair;
        }
    }
    return reinterpret_cast<const Bits*>(strips);
}

// Strips whose products with shares mix `rows` by them: [filled(width) / 32, filled(count) / 2, 32, 2].
const Bits* lay_for_mixing(const Rows& rows, Room& room) {
    const auto pairs = filled(rows.count) / 2;
    auto* strips = room.take<std::uint32_t>(pairs * filled(rows.width));
    for (Index strip = 0; strip < filled(rows.width) / kStrip; ++strip)
        for (Index p = 0; p < pairs; ++p) {
            auto* place = strips + (strip * pairs + p) * kStrip;
            const auto* upper = rows.first + 2 * p * rows.step + strip * kStrip;
            const auto* lower = upper + rows.step;
            const auto width = std::min(kStrip, rows.width - strip * kStrip);
            for (Index i = 0; i < kStrip; ++i) {
                const std::uint32_t even = i < width && 2 * p < rows.count ? upper[i] : 0;
                const std::uint32_t odd = i < width && 2 * p + 1 < rows.count ? lower[i] : 0;
                place[i] = even | odd << 16U;
            }
        }
    return reinterpret_cast<const Bits*>(strips);
}

// sums[strip][m][32] = rows m times the strips: `in` numbers a row, `out` (whole strips) results.
void product(const Bits* rows, Index step, Index count, const Bits* panels, Index in, Index out,
             float* sums) {
    strips::Product p;
    p.weights = {panels, in, out, 1, strips::Number::Bfloat16};
    p.given = rows;
    p.step = step;
    p.rows = count;
    p.taps = kOneTap;
    for (Index strip = 0; strip < out / kStrip; ++strip)
        strips::avx512::sum(p, strip, 0, count, sums + strip * count * kStrip);
}

// e^x, x at most about 80; relative error below 1e-6. What is below -80 becomes nothing.
[[gnu::target("avx512f"), gnu::always_inline]] inline __m512 exp16(__m512 x) {
    const __mmask16 counts = _mm512_cmp_ps_mask(x, _mm512_set1_ps(-80), _CMP_GT_OQ);
    const __m512 t = _mm512_mul_ps(_mm512_max_ps(x, _mm512_set1_ps(-80)), _mm512_set1_ps(1.44269504F));
    const __m512 whole = _mm512_roundscale_ps(t, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    const __m512 f = _mm512_sub_ps(t, whole);  // [-0.5, 0.5]; 2^f by its series
    __m512 sum = _mm512_set1_ps(1.5403530e-4F);
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1.3333558e-3F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(9.6181291e-3F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(5.5504109e-2F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(2.4022651e-1F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(6.9314718e-1F));
    sum = _mm512_fmadd_ps(sum, f, _mm512_set1_ps(1));
    return _mm512_maskz_scalef_ps(counts, sum, whole);
}

// Scores of `count` rows to shares that sum to 1 / divisor[m]: shares[m][columns]; logarithm[m] of the sum before.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void shares_of(
    float* scores, Index count, Index keys, float scale, Bits* shares, float* logarithm, float* divisor) {
    const auto strip_count = filled(keys) / kStrip;
    const __m512 factor = _mm512_set1_ps(scale);
    for (Index m = 0; m < count; ++m) {
        float* last = scores + ((strip_count - 1) * count + m) * kStrip;
        for (Index i = keys - (strip_count - 1) * kStrip; i < kStrip; ++i) last[i] = -kNever;
        __m512 greatest = _mm512_set1_ps(-kNever);
        for (Index s = 0; s < strip_count; ++s) {
            const float* from = scores + (s * count + m) * kStrip;
            greatest =
                _mm512_max_ps(greatest, _mm512_max_ps(_mm512_load_ps(from), _mm512_load_ps(from + 16)));
        }
        const float most = _mm512_reduce_max_ps(greatest);
        const __m512 top = _mm512_set1_ps(most);
        __m512 sum = _mm512_setzero_ps();
        for (Index s = 0; s < strip_count; ++s) {
            const float* from = scores + (s * count + m) * kStrip;
            const __m512 a = exp16(_mm512_mul_ps(factor, _mm512_sub_ps(_mm512_load_ps(from), top)));
            const __m512 b = exp16(_mm512_mul_ps(factor, _mm512_sub_ps(_mm512_load_ps(from + 16), top)));
            sum = _mm512_add_ps(sum, _mm512_add_ps(a, b));
            _mm512_store_si512(shares + (m * strip_count + s) * kStrip, (__m512i)_mm512_cvtne2ps_pbh(b, a));
        }
        divisor[m] = _mm512_reduce_add_ps(sum);
        logarithm[m] = scale * most + __builtin_logf(divisor[m]);
    }
}

// What turns scores and their slopes into shares and slopes of the scores: for each row, or for each column.
struct Known {
    const float* logarithm;
    const float* mean;  // D
    bool by_column;
};

// shares[m][columns] (or none) and slopes[m][columns] of `count` rows.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void slopes_of(
    const float* scores, const float* reached, Index count, Index columns, float scale, const Known& known,
    Bits* shares, Bits* slopes) {
    const auto strip_count = columns / kStrip;
    const __m512 factor = _mm512_set1_ps(scale);
    for (Index m = 0; m < count; ++m)
        for (Index s = 0; s < strip_count; ++s) {
            __m512 share[2], slope[2];
            for (int half = 0; half < 2; ++half) {
                const auto place = (s * count + m) * kStrip + half * 16, column = s * kStrip + half * 16;
                const __m512 log = known.by_column ? _mm512_loadu_ps(known.logarithm + column)
                                                   : _mm512_set1_ps(known.logarithm[m]);
                const __m512 mean = known.by_column ? _mm512_loadu_ps(known.mean + column)
                                                    : _mm512_set1_ps(known.mean[m]);
                share[half] = exp16(_mm512_fmsub_ps(factor, _mm512_load_ps(scores + place), log));
                slope[half] = _mm512_mul_ps(_mm512_mul_ps(share[half], factor),
                                            _mm512_sub_ps(_mm512_load_ps(reached + place), mean));
            }
            const auto place = (m * strip_count + s) * kStrip;
            if (shares) _mm512_store_si512(shares + place, (__m512i)_mm512_cvtne2ps_pbh(share[1], share[0]));
            _mm512_store_si512(slopes + place, (__m512i)_mm512_cvtne2ps_pbh(slope[1], slope[0]));
        }
}

// Mixed rows to where they belong, divided by `divisor` where there is one.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void write(const float* sums, Index count,
                                                                            Index width, Index step,
                                                                            const float* divisor, Bits* to) {
    for (Index strip = 0; strip * kStrip < width; ++strip)
        for (Index m = 0; m < count; ++m) {
            const float* from = sums + (strip * count + m) * kStrip;
            const __m512 factor = _mm512_set1_ps(divisor ? 1 / divisor[m] : 1);
            const __m512 a = _mm512_mul_ps(_mm512_load_ps(from), factor);
            const __m512 b = _mm512_mul_ps(_mm512_load_ps(from + 16), factor);
            const auto left = width - strip * kStrip;
            const __mmask32 mask = left >= kStrip ? ~__mmask32{0}
                                                  : (__mmask32{1} << static_cast<unsigned>(left)) - 1;
            _mm512_mask_storeu_epi16(to + m * step + strip * kStrip, mask,
                                     (__m512i)_mm512_cvtne2ps_pbh(b, a));
        }
}

float number(Bits bits) {
    const std::uint32_t word = std::uint32_t{bits} << 16U;
    float value = 0;
    std::memcpy(&value, &word, sizeof value);
    return value;
}

// D: the sum over each row of dO * O.
void mean_slopes(const Head& head, const Bits* slope, float* means) {
    for (Index m = 0; m < head.queries; ++m) {
        float sum = 0;
        for (Index i = 0; i < head.width; ++i)
            sum += number(slope[m * head.step + i]) * number(head.result[m * head.step + i]);
        means[m] = sum;
    }
}

}  // namespace

void attend(const Head& head, char* memory) {
    Room room(memory);
    const auto columns = filled(head.keys), width = filled(head.width);
    const auto* keys = lay_for_scores({head.key, head.keys, head.width, head.step}, room);
    const auto* values = lay_for_mixing({head.value, head.keys, head.width, head.step}, room);
    auto* scores = room.take<float>(kRows * columns);
    auto* shares = room.take<Bits>(kRows * columns);
    auto* mixed = room.take<float>(kRows * width);
    float divisor[kRows];
    for (Index first = 0; first < head.queries; first += kRows) {
        const auto count = std::min(kRows, head.queries - first);
        product(head.query + first * head.step, head.step, count, keys, head.width, columns, scores);
        shares_of(scores, count, head.keys, head.scale, shares, head.logarithm + first, divisor);
        product(shares, columns, count, values, columns, width, mixed);
        write(mixed, count, head.width, head.step, divisor, head.result + first * head.step);
    }
}

void attend_backward(const Head& head, const Slopes& slopes, char* memory) {
    Room room(memory);
    const auto width = filled(head.width), keys = filled(head.keys), queries = filled(head.queries);
    const Rows q{head.query, head.queries, head.width, head.step},
        k{head.key, head.keys, head.width, head.step}, v{head.value, head.keys, head.width, head.step},
        slope{slopes.result, head.queries, head.width, head.step};
    auto* scores = room.take<float>(kRows * most(head));
    auto* reached = room.take<float>(kRows * most(head));
    auto* shares = room.take<Bits>(kRows * most(head));
    auto* score_slopes = room.take<Bits>(kRows * most(head));
    auto* mixed = room.take<float>(kRows * width);
    auto* logarithms = room.take<float>(queries);
    auto* means = room.take<float>(queries);
    std::copy_n(head.logarithm, head.queries, logarithms);
    std::fill(logarithms + head.queries, logarithms + queries, kNever);
    std::fill(means, means + queries, 0.0F);
    mean_slopes(head, slopes.result, means);

    const auto *k_scores = lay_for_scores(k, room), *v_scores = lay_for_scores(v, room),
               *k_mix = lay_for_mixing(k, room);
    for (Index first = 0; first < head.queries; first += kRows) {  // the slopes of the queries
        const auto count = std::min(kRows, head.queries - first);
        product(q.first + first * q.step, q.step, count, k_scores, head.width, keys, scores);
        product(slope.first + first * slope.step, slope.step, count, v_scores, head.width, keys, reached);
        slopes_of(scores, reached, count, keys, head.scale, {logarithms + first, means + first, false},
                  nullptr, score_slopes);
        product(score_slopes, keys, count, k_mix, keys, width, mixed);
        write(mixed, count, head.width, head.step, nullptr, slopes.query + first * head.step);
    }
    const auto *q_scores = lay_for_scores(q, room), *slope_scores = lay_for_scores(slope, room),
               *q_mix = lay_for_mixing(q, room), *slope_mix = lay_for_mixing(slope, room);
    for (Index first = 0; first < head.keys; first += kRows) {  // the slopes of keys and values
        const auto count = std::min(kRows, head.keys - first);
        product(k.first + first * k.step, k.step, count, q_scores, head.width, queries, scores);
        product(v.first + first * v.step, v.step, count, slope_scores, head.width, queries, reached);
        slopes_of(scores, reached, count, queries, head.scale, {logarithms, means, true}, shares,
                  score_slopes);
        product(shares, queries, count, slope_mix, queries, width, mixed);
        write(mixed, count, head.width, head.step, nullptr, slopes.value + first * head.step);
        product(score_slopes, queries, count, q_mix, queries, width, mixed);
        write(mixed, count, head.width, head.step, nullptr, slopes.key + first * head.step);
    }
}

#else

void attend(const Head&, char*) {}
void attend_backward(const Head&, const Slopes&, char*) {}

#endif

}  // namespace lorikeet::nn::heads::avx512
