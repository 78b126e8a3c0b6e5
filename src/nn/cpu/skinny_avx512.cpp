#include "nn/cpu/skinny_avx512.hpp"

#include <algorithm>
#include <vector>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/share.hpp"

namespace lorikeet::nn::skinny::avx512 {
namespace {

using Index = std::int64_t;
using Bits = std::uint16_t;  // a bfloat16
using Word = std::uint32_t;  // a pair of them, which the instruction takes
using Words = std::vector<Word>;

constexpr Index kLanes = 16;  // sums of a register
constexpr Index kTileRows = 12;
constexpr Index kRowsOfTask = 96;
constexpr Index kColumnsOfTask = 64;

Index chunks_of(Index rank) { return (rank + kLanes - 1) / kLanes; }

// A matrix with a side of the layer's and one of the rank. A has its rank first, B and h have it last.
enum class Order { RankFirst, RankLast };
struct Matrix {
    const Bits* first;
    Index side, rank;
    Order order;
};

Matrix of_down(const at::Tensor& a) {
    return {static_cast<const Bits*>(a.const_data_ptr()), a.size(1), a.size(0), Order::RankFirst};
}
Matrix of_up(const at::Tensor& b) {
    return {static_cast<const Bits*>(b.const_data_ptr()), b.size(0), b.size(1), Order::RankLast};
}
Matrix of_hidden(const at::Tensor& h) { return of_up(h); }

Word pair_of(Bits low, Bits high) { return low | static_cast<Word>(high) << 16; }
Word pair_at(const Bits* two) { return pair_of(two[0], two[1]); }

// words[i] = (low[i], high[i]), below `count`; zeros above, and for `high` where there is none.
void zip(const Bits* low, const Bits* high, Index count, Word* words) {
    if (count == kLanes && high) {
        for (Index i = 0; i < kLanes; ++i) words[i] = pair_of(low[i], high[i]);
        return;
    }
    for (Index i = 0; i < kLanes; ++i) words[i] = i < count ? pair_of(low[i], high ? high[i] : Bits{0}) : 0U;
}

// Pairs along the side, sixteen ranks beside each other: [chunks, side / 2, 16].
Words pairs_along_side(const Matrix& m) {
    const auto pairs = (m.side + 1) / 2;
    Words words(static_cast<std::size_t>(chunks_of(m.rank) * pairs * kLanes));
    auto* word = words.data();
    for (Index chunk = 0; chunk < chunks_of(m.rank); ++chunk) {
        const auto left = std::min(kLanes, m.rank - chunk * kLanes);
        for (Index pair = 0; pair < pairs; ++pair, word += kLanes) {
            if (m.order == Order::RankLast) {
                const auto* low = m.first + 2 * pair * m.rank + chunk * kLanes;
                zip(low, 2 * pair + 1 < m.side ? low + m.rank : nullptr, left, word);
                continue;
            }
            const auto* from = m.first + chunk * kLanes * m.side + 2 * pair;
            for (Index lane = 0; lane < left; ++lane) word[lane] = pair_at(from + lane * m.side);
        }
    }
    return words;
}

// Pairs along the rank, sixteen of the side beside each other: [side / 16, rank / 2, 16].
Words pairs_along_rank(const Matrix& m) {
    const auto pairs = (m.rank + 1) / 2;
    Words words(static_cast<std::size_t>(m.side / kLanes * pairs * kLanes));
    auto* word = words.data();
    for (Index block = 0; block < m.side / kLanes; ++block)
        for (Index pair = 0; pair < pairs; ++pair, word += kLanes) {
            const bool both = 2 * pair + 1 < m.rank;
            if (m.order == Order::RankFirst) {
                const auto* low = m.first + 2 * pair * m.side + block * kLanes;
                zip(low, both ? low + m.side : nullptr, kLanes, word);
                continue;
            }
            const auto* from = m.first + block * kLanes * m.rank + 2 * pair;
            for (Index lane = 0; lane < kLanes; ++lane, from += m.rank)
                word[lane] = both ? pair_at(from) : *from;
        }
    return words;
}

}  // namespace

#if defined(__x86_64__)

namespace {

[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] inline __m512 twice(__m512 sum, Word left,
                                                                                     const Word* right) {
    return _mm512_dpbf16_ps(sum, (__m512bh)_mm512_set1_epi32(static_cast<int>(left)),
                            (__m512bh)_mm512_loadu_si512(right));
}

// h[m, chunk] = scale * rows[m, :] times sixteen columns.
template <Index Rows>
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void gather_tile(
    const Bits* rows, Index side, const Word* packed, float scale, Bits* h, Index rank, __mmask16 kept) {
    __m512 sums[Rows];
#pragma GCC unroll 12
    for (Index m = 0; m < Rows; ++m) sums[m] = _mm512_setzero_ps();
    for (Index pair = 0; pair < side / 2; ++pair)
#pragma GCC unroll 12
        for (Index m = 0; m < Rows; ++m)
            sums[m] = twice(sums[m], pair_at(rows + m * side + 2 * pair), packed + pair * kLanes);
    for (Index m = 0; m < Rows; ++m) {
        const auto narrow = (__m256i)_mm512_cvtneps_pbh(_mm512_mul_ps(sums[m], _mm512_set1_ps(scale)));
        _mm256_mask_storeu_epi16(h + m * rank, kept, narrow);
    }
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void gather(const Bits* rows, Index count,
                                                                             Index side, const Words& packed,
                                                                             float scale, Bits* h,
                                                                             Index rank) {
    for (Index chunk = 0; chunk < chunks_of(rank); ++chunk) {
        const auto* words = packed.data() + chunk * side / 2 * kLanes;
        const auto left = std::min(kLanes, rank - chunk * kLanes);
        const auto kept = static_cast<__mmask16>((1U << left) - 1U);
        Index m = 0;
        for (; m + kTileRows <= count; m += kTileRows)
            gather_tile<kTileRows>(rows + m * side, side, words, scale, h + m * rank + chunk * kLanes, rank,
                                   kept);
        for (; m < count; ++m)
            gather_tile<1>(rows + m * side, side, words, scale, h + m * rank + chunk * kLanes, rank, kept);
    }
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] inline __m512i load(const Bits* from) {
    return _mm512_maskz_cvtepu16_epi32(0xffff, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] inline __m512i high(__m512i bits) {
    return _mm512_maskz_slli_epi32(0xffff, bits, 16);
}
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] inline __m512 sixteen(const Bits* from) {
    return _mm512_castsi512_ps(high(load(from)));
}

// y[m, :] = h[m, :] times sixteen rows after sixteen, on top of what is there or not. `pairs` of the rank.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void spread(const Word* h, Index count,
                                                                             Index pairs, const Words& packed,
                                                                             bool is_fresh, Bits* y,
                                                                             Index side) {
    for (Index block = 0; block < side / kLanes; block += 2) {
        const auto* left = packed.data() + block * pairs * kLanes;
        const auto* right = left + pairs * kLanes;
        for (Index m = 0; m < count; ++m) {
            auto* to = y + m * side + block * kLanes;
            __m512 a = is_fresh ? _mm512_setzero_ps() : sixteen(to);
            __m512 b = is_fresh ? _mm512_setzero_ps() : sixteen(to + kLanes);
            for (Index pair = 0; pair < pairs; ++pair) {
                a = twice(a, h[m * pairs + pair], left + pair * kLanes);
                b = twice(b, h[m * pairs + pair], right + pair * kLanes);
            }
            _mm512_storeu_si512(to, (__m512i)_mm512_cvtne2ps_pbh(b, a));
        }
    }
}

// Sixteen columns of two rows as sixteen pairs.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] inline __m512i interleave(
    const Bits* one, const Bits* other) {
    return other ? _mm512_or_si512(load(one), high(load(other))) : load(one);
}

struct Target {
    float* first;
    Index side_step, rank_step;
};

// target[s, chunk] = sum over m of rows[m, s] h[m, chunk], for sixteen columns s.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]] void reduce(const Bits* rows, Index count,
                                                                             Index side, const Word* h,
                                                                             Index lanes, Target target) {
    __m512 sums[kLanes];
#pragma GCC unroll 16
    for (Index s = 0; s < kLanes; ++s) sums[s] = _mm512_setzero_ps();
    alignas(64) Word pairs[kLanes];
    for (Index pair = 0; pair < (count + 1) / 2; ++pair) {
        const auto* one = rows + 2 * pair * side;
        _mm512_store_si512(pairs, interleave(one, 2 * pair + 1 < count ? one + side : nullptr));
#pragma GCC unroll 16
        for (Index s = 0; s < kLanes; ++s) sums[s] = twice(sums[s], pairs[s], h + pair * kLanes);
    }
    alignas(64) float column[kLanes];
    for (Index s = 0; s < kLanes; ++s) {
        _mm512_store_ps(column, sums[s]);
        for (Index r = 0; r < lanes; ++r)
            target.first[s * target.side_step + r * target.rank_step] = column[r];
    }
}

const Bits* bits(const at::Tensor& t) { return static_cast<const Bits*>(t.const_data_ptr()); }
Bits* writable(const at::Tensor& t) { return static_cast<Bits*>(t.mutable_data_ptr()); }

// Rows [first, first + count) of one task.
struct Portion {
    Index first, count;
};
Index tasks_for(Index rows) { return (rows + kRowsOfTask - 1) / kRowsOfTask; }
Portion part_of(Index task, Index rows) {
    const auto first = task * kRowsOfTask;
    return {first, std::min(kRowsOfTask, rows - first)};
}

// The pairs of h's rows as spread() reads them; an odd rank is filled up.
void pair_up(const Bits* h, Index count, Index rank, Word* words) {
    for (Index m = 0; m < count; ++m, h += rank) {
        for (Index r = 0; r + 1 < rank; r += 2) *words++ = pair_at(h + r);
        if (rank % 2 != 0) *words++ = h[rank - 1];
    }
}

// from -> hidden -> onto `to`, rows after rows.
void pass(const at::Tensor& from, const Words& gathering, double scale, const at::Tensor& hidden,
          const Words& spreading, const at::Tensor& to, bool is_fresh) {
    const auto rows = from.size(0), side = from.size(1), rank = hidden.size(1), pairs = (rank + 1) / 2;
    share(tasks_for(rows), kRowsOfTask * pairs * Index{sizeof(Word)}, [&](Index task, char* room) {
        const auto [first, count] = part_of(task, rows);
        auto* h = writable(hidden) + first * rank;
        gather(bits(from) + first * side, count, side, gathering, static_cast<float>(scale), h, rank);
        if (!to.defined()) return;
        auto* words = reinterpret_cast<Word*>(room);
        pair_up(h, count, rank, words);
        spread(words, count, pairs, spreading, is_fresh, writable(to) + first * to.size(1), to.size(1));
    });
}

// One of the two sums over rows.
struct Sum {
    const at::Tensor& rows;
    Words hidden;
    Index rank;
    Target target;
    Index tasks() const { return rows.defined() ? (rows.size(1) + kColumnsOfTask - 1) / kColumnsOfTask : 0; }

    void run(Index task) const {
        const auto count = rows.size(0), side = rows.size(1), pairs = (count + 1) / 2;
        const auto end = std::min(side, (task + 1) * kColumnsOfTask);
        for (Index s = task * kColumnsOfTask; s < end; s += kLanes)
            for (Index chunk = 0; chunk < chunks_of(rank); ++chunk) {
                auto to = target;
                to.first += s * to.side_step + chunk * kLanes * to.rank_step;
                reduce(bits(rows) + s, count, side, hidden.data() + chunk * pairs * kLanes,
                       std::min(kLanes, rank - chunk * kLanes), to);
            }
    }
};

}  // namespace

void forward(const at::Tensor& x, const Factors& factors, const at::Tensor& h, const at::Tensor& y) {
    pass(x, pairs_along_side(of_down(factors.down)), factors.scale, h, pairs_along_rank(of_up(factors.up)), y,
         /*is_fresh=*/false);
}

void backward(const at::Tensor& x, const at::Tensor& h, const at::Tensor& g, const Factors& factors,
              const Slopes& slopes) {
    const auto rank = h.size(1);
    const auto t = at::empty_like(h);
    pass(g, pairs_along_side(of_up(factors.up)), factors.scale, t,
         slopes.x.defined() ? pairs_along_rank(of_down(factors.down)) : Words{}, slopes.x, slopes.is_fresh);
    const at::Tensor none;
    auto* down = slopes.down.defined() ? slopes.down.mutable_data_ptr<float>() : nullptr;
    auto* up = slopes.up.defined() ? slopes.up.mutable_data_ptr<float>() : nullptr;
    const Sum sums[] = {
        {down ? x : none, down ? pairs_along_side(of_hidden(t)) : Words{}, rank, {down, 1, x.size(1)}},
        {up ? g : none, up ? pairs_along_side(of_hidden(h)) : Words{}, rank, {up, rank, 1}}};
    share(sums[0].tasks() + sums[1].tasks(), 0, [&](Index task, char*) {
        const auto first = sums[0].tasks();
        task < first ? sums[0].run(task) : sums[1].run(task - first);
    });
}

#else

void forward(const at::Tensor&, const Factors&, const at::Tensor&, const at::Tensor&) {}
void backward(const at::Tensor&, const at::Tensor&, const at::Tensor&, const Factors&, const Slopes&) {}

#endif

}  // namespace lorikeet::nn::skinny::avx512
