#include "nn/cpu/skinny_avx2.hpp"

#include <array>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "base/processor.hpp"

namespace lorikeet::nn::skinny {
namespace {

class SkinnyAvx2 : public testing::Test {
  protected:
    void SetUp() override {
        if (base::processor_of_machine() < base::Processor::Avx2) GTEST_SKIP() << "the machine lacks AVX2";
        at::manual_seed(1);
    }
};

double share_off(const at::Tensor& ours, const at::Tensor& exact) {
    return ((ours.to(at::kDouble) - exact).abs().max() / exact.abs().max()).item<double>();
}
at::Tensor wide(const at::Tensor& t) { return t.to(at::kDouble); }

}  // namespace

// Against the same formulas in float64: rows that no tile divides, ranks that fill no register, odd ones too.
TEST_F(SkinnyAvx2, IsTheFormula) {
    constexpr double kSum = 1e-5;
    for (const auto& [rows, in, out, rank] : {std::array<std::int64_t, 4>{1, 32, 64, 16},
                                              {13, 64, 32, 1},
                                              {101, 96, 320, 4},
                                              {64, 320, 96, 17},
                                              {1031, 64, 96, 64},
                                              {25, 1280, 32, 33}}) {
        const auto x = at::randn({rows, in}), y = at::randn({rows, out}), g = at::randn({rows, out});
        const Factors factors{at::randn({rank, in}), at::randn({out, rank}), 0.5};
        const auto h = at::empty({rows, rank}), sum = y.clone();
        avx2::forward(x, factors, h, sum);
        EXPECT_LE(share_off(h, 0.5 * at::mm(wide(x), wide(factors.down).t())), kSum) << rows;
        EXPECT_LE(share_off(sum, wide(y) + at::mm(wide(h), wide(factors.up).t())), kSum) << rows;

        const auto t = 0.5 * at::mm(wide(g), wide(factors.up));
        const auto fresh = at::full_like(x, 7), added = at::randn({rows, in}), before = added.clone();
        const auto down = at::empty({rank, in}), up = at::empty({out, rank});
        avx2::backward(x, h, g, factors, {fresh, true, down, up});
        avx2::backward(x, h, g, factors, {added, false, {}, {}});
        EXPECT_LE(share_off(fresh, at::mm(t, wide(factors.down))), kSum) << rows;
        EXPECT_LE(share_off(added, wide(before) + at::mm(t, wide(factors.down))), kSum) << rows;
        EXPECT_LE(share_off(down, at::mm(t.t(), wide(x))), kSum) << rows;
        EXPECT_LE(share_off(up, at::mm(wide(g).t(), wide(h))), kSum) << rows;
    }
}

TEST_F(SkinnyAvx2, IsTheSameWithAnyNumberOfThreads) {
    const auto x = at::randn({200, 64}), g = at::randn({200, 96});
    const Factors factors{at::randn({8, 64}), at::randn({96, 8}), 1};
    const auto threads = at::get_num_threads();
    std::vector<at::Tensor> results;
    for (const int count : {1, 2, 3}) {
        at::set_num_threads(count);
        const auto h = at::empty({200, 8}), y = g.clone(), slope = at::empty_like(x);
        const auto down = at::empty({8, 64}), up = at::empty({96, 8});
        avx2::forward(x, factors, h, y);
        avx2::backward(x, h, g, factors, {slope, true, down, up});
        results.push_back(at::cat({y.flatten(), slope.flatten(), down.flatten(), up.flatten()}));
    }
    at::set_num_threads(threads);
    EXPECT_TRUE(at::equal(results[0], results[1]));
    EXPECT_TRUE(at::equal(results[0], results[2]));
}

}  // namespace lorikeet::nn::skinny
