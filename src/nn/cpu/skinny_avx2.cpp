#include "nn/cpu/skinny_avx2.hpp"

#include <algorithm>
#include <utility>

#include "nn/cpu/intrinsics.hpp"
#include "nn/cpu/share.hpp"

namespace lorikeet::nn::skinny::avx2 {

#if defined(__x86_64__)

namespace {

using Index = std::int64_t;

constexpr Index kLanes = 8;
constexpr Index kWidth = 2 * kLanes;  // columns of a tile
constexpr Index kTileRows = 6;
constexpr Index kRowsOfTask = 96;
constexpr Index kColumnsOfTask = 64;

Index filled(Index rank) { return (rank + kWidth - 1) / kWidth * kWidth; }

// Number (m, k) lies at first + m * row + k * step.
struct Left {
    const float* first;
    Index row, step;
};
// Sixteen numbers of k lie at first + k * step.
struct Right {
    const float* first;
    Index step;
};
struct Result {
    float* first;  // rows of sixteen
    Index row;
    bool is_fresh;  // else the sums are added to what is there
};

// Every product here, M rows by sixteen columns: the sum over k of left(m, k) right(k).
template <int M>
[[gnu::target("avx2,fma")]] void tile(const Left& left, const Right& right, Index depth,
                                      const Result& result) {
    __m256 sums[M][2];
    const float* rows[M];
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) {
        rows[m] = left.first + m * left.row;
        const float* there = result.first + m * result.row;
        sums[m][0] = result.is_fresh ? _mm256_setzero_ps() : _mm256_loadu_ps(there);
        sums[m][1] = result.is_fresh ? _mm256_setzero_ps() : _mm256_loadu_ps(there + kLanes);
    }
    const float* columns = right.first;
    for (Index k = 0, place = 0; k < depth; ++k, place += left.step, columns += right.step) {
        const __m256 low = _mm256_loadu_ps(columns), high = _mm256_loadu_ps(columns + kLanes);
#pragma GCC unroll 6
        for (int m = 0; m < M; ++m) {
            const __m256 x = _mm256_broadcast_ss(rows[m] + place);
            sums[m][0] = _mm256_fmadd_ps(x, low, sums[m][0]);
            sums[m][1] = _mm256_fmadd_ps(x, high, sums[m][1]);
        }
    }
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) {
        _mm256_storeu_ps(result.first + m * result.row, sums[m][0]);
        _mm256_storeu_ps(result.first + m * result.row + kLanes, sums[m][1]);
    }
}

using Tile = void (*)(const Left&, const Right&, Index, const Result&);
template <int... M>
Tile tile_of(Index rows, std::integer_sequence<int, M...>) {
    static constexpr Tile all[] = {tile<M + 1>...};
    return all[rows - 1];
}
Tile tile_of(Index rows) { return tile_of(rows, std::make_integer_sequence<int, kTileRows>()); }

// Calls work(first, count) for tiles of nearly equal height.
template <class Work>
void in_tiles(Index rows, const Work& work) {
    const auto tiles = (rows + kTileRows - 1) / kTileRows;
    for (Index i = 0; i < tiles; ++i) {
        const auto first = rows * i / tiles;
        work(first, rows * (i + 1) / tiles - first);
    }
}

// A matrix whose rows are `ranks` beside each other, filled up with zeros to whole tiles: [side, filled(rank)].
at::Tensor ranks_beside(const at::Tensor& matrix) {
    const auto rank = matrix.size(1);
    if (rank == filled(rank) && matrix.is_contiguous()) return matrix;
    const auto wide = at::zeros({matrix.size(0), filled(rank)}, matrix.options());
    wide.narrow(1, 0, rank).copy_(matrix);
    return wide;
}

struct Block {
    Index first, count;
};
Index tasks_for(Index rows) { return (rows + kRowsOfTask - 1) / kRowsOfTask; }
Block block_of(Index task, Index rows) {
    const auto first = task * kRowsOfTask;
    return {first, std::min(kRowsOfTask, rows - first)};
}

// h[m, :] = scale * rows[m, :] times `gathering` [side, filled(rank)].
void gather(const float* rows, Index side, Index count, const at::Tensor& gathering, double scale, float* h,
            Index rank) {
    const auto wide = gathering.size(1);
    alignas(32) float sums[kTileRows * kWidth];
    for (Index chunk = 0; chunk < wide; chunk += kWidth) {
        const auto kept = std::min(kWidth, rank - chunk);
        in_tiles(count, [&](Index first, Index tall) {
            tile_of(tall)({rows + first * side, side, 1}, {gathering.const_data_ptr<float>() + chunk, wide},
                          side, {sums, kWidth, true});
            for (Index m = 0; m < tall; ++m)
                for (Index r = 0; r < kept; ++r)
                    h[(first + m) * rank + chunk + r] = static_cast<float>(scale) * sums[m * kWidth + r];
        });
    }
}

// from -> hidden -> onto `to`; `spreading` [rank, side of to].
void pass(const at::Tensor& from, const at::Tensor& gathering, double scale, const at::Tensor& hidden,
          const at::Tensor& spreading, const at::Tensor& to, bool is_fresh) {
    const auto rows = from.size(0), side = from.size(1), rank = hidden.size(1);
    share(tasks_for(rows), 0, [&](Index task, char*) {
        const auto [begin, count] = block_of(task, rows);
        auto* h = hidden.mutable_data_ptr<float>() + begin * rank;
        gather(from.const_data_ptr<float>() + begin * side, side, count, gathering, scale, h, rank);
        if (!to.defined()) return;
        const auto width = to.size(1);
        auto* y = to.mutable_data_ptr<float>() + begin * width;
        for (Index column = 0; column < width; column += kWidth)
            in_tiles(count, [&](Index first, Index tall) {
                tile_of(tall)({h + first * rank, rank, 1},
                              {spreading.const_data_ptr<float>() + column, width}, rank,
                              {y + first * width + column, width, is_fresh});
            });
    });
}

// One of the two sums over rows: target(s, r) = the sum over m of rows[m, s] hidden[m, r].
struct Sum {
    const at::Tensor& rows;
    const at::Tensor& hidden;
    float* target;
    Index side_step, rank_step;
    Index tasks() const { return target ? (rows.size(1) + kColumnsOfTask - 1) / kColumnsOfTask : 0; }

    void run(Index task) const {
        const auto side = rows.size(1), rank = hidden.size(1), count = rows.size(0);
        const auto end = std::min(side, (task + 1) * kColumnsOfTask);
        alignas(32) float sums[kTileRows * kWidth];
        for (Index s = task * kColumnsOfTask; s < end; s += kWidth)
            in_tiles(rank, [&](Index first, Index tall) {
                tile_of(tall)({hidden.const_data_ptr<float>() + first, 1, rank},
                              {rows.const_data_ptr<float>() + s, side}, count, {sums, kWidth, true});
                for (Index r = 0; r < tall; ++r)
                    for (Index i = 0; i < kWidth; ++i)
                        target[(s + i) * side_step + (first + r) * rank_step] = sums[r * kWidth + i];
            });
    }
};

}  // namespace

void forward(const at::Tensor& x, const Factors& factors, const at::Tensor& h, const at::Tensor& y) {
    pass(x, ranks_beside(factors.down.t()), factors.scale, h, factors.up.t().contiguous(), y,
         /*is_fresh=*/false);
}

void backward(const at::Tensor& x, const at::Tensor& h, const at::Tensor& g, const Factors& factors,
              const Slopes& slopes) {
    const auto rank = h.size(1);
    const auto t = at::empty_like(h);
    pass(g, ranks_beside(factors.up), factors.scale, t, factors.down.contiguous(), slopes.x, slopes.is_fresh);
    auto* down = slopes.down.defined() ? slopes.down.mutable_data_ptr<float>() : nullptr;
    auto* up = slopes.up.defined() ? slopes.up.mutable_data_ptr<float>() : nullptr;
    const Sum of_down{x, t, down, 1, x.size(1)}, of_up{g, h, up, rank, 1};
    share(of_down.tasks() + of_up.tasks(), 0, [&](Index task, char*) {
        const auto first = of_down.tasks();
        task < first ? of_down.run(task) : of_up.run(task - first);
    });
}

#else

void forward(const at::Tensor&, const Factors&, const at::Tensor&, const at::Tensor&) {}
void backward(const at::Tensor&, const at::Tensor&, const at::Tensor&, const Factors&, const Slopes&) {}

#endif

}  // namespace lorikeet::nn::skinny::avx2
