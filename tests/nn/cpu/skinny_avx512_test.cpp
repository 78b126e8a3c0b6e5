#include "nn/cpu/skinny_avx512.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "base/processor.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::nn {
namespace {

at::Tensor draw(at::IntArrayRef sizes, std::uint64_t seed) {
    auto generator = tensor::generator(seed, tensor::Stream::Sample);
    return at::randn(sizes, generator, at::kFloat).to(at::kBFloat16);
}

// The kernel by itself, whatever this process is told to use.
bool has_pairs() { return base::processor_of_machine() >= base::Processor::Avx512Bf16; }

at::Tensor wide(const at::Tensor& t) { return t.to(at::kDouble); }

// Of the largest number; a rounding to bfloat16 moves it by up to 1/256.
double share_off(const at::Tensor& ours, const at::Tensor& exact) {
    return ((wide(ours) - exact).abs().max() / exact.abs().max()).item<double>();
}

}  // namespace

// Against the same formulas in float64: rows that no tile divides, ranks that fill no register, odd ones too.
TEST(SkinnyAvx512, IsTheFormulaButForTheRoundings) {
    if (!has_pairs()) GTEST_SKIP() << "the machine lacks AVX-512 BF16";
    constexpr double kRounding = 1.0 / 256, kSum = 1e-5;
    std::uint64_t seed = 1;
    for (const auto& [rows, in, out, rank] : {std::array<std::int64_t, 4>{1, 32, 64, 16},
                                              {13, 64, 32, 1},
                                              {101, 96, 320, 4},
                                              {64, 320, 96, 17},
                                              {1031, 64, 96, 64},
                                              {25, 1280, 32, 33}}) {
        const auto x = draw({rows, in}, ++seed), y = draw({rows, out}, ++seed), g = draw({rows, out}, ++seed);
        const skinny::Factors factors{draw({rank, in}, ++seed), draw({out, rank}, ++seed), 0.5};
        const auto h = at::empty({rows, rank}, x.options()), sum = y.clone();
        skinny::avx512::forward(x, factors, h, sum);
        EXPECT_LE(share_off(h, 0.5 * at::mm(wide(x), wide(factors.down).t())), kRounding);
        EXPECT_LE(share_off(sum, wide(y) + at::mm(wide(h), wide(factors.up).t())), kRounding);

        const auto t = (0.5 * at::mm(wide(g), wide(factors.up))).to(at::kBFloat16);
        const auto fresh = at::full_like(x, 7), added = draw({rows, in}, ++seed), before = added.clone();
        const auto down = at::empty({rank, in}, at::kFloat), up = at::empty({out, rank}, at::kFloat);
        skinny::avx512::backward(x, h, g, factors, {fresh, true, down, up});
        skinny::avx512::backward(x, h, g, factors, {added, false, {}, {}});
        // t is rounded before it goes on, here from sums in another order: by one step of its last bit at most.
        EXPECT_LE(share_off(fresh, at::mm(wide(t), wide(factors.down))), 2 * kRounding) << rows;
        EXPECT_LE(share_off(added, wide(before) + at::mm(wide(t), wide(factors.down))), 2 * kRounding);
        EXPECT_LE(share_off(down, at::mm(wide(t).t(), wide(x))), kRounding);
        EXPECT_LE(share_off(up, at::mm(wide(g).t(), wide(h))), kSum);
    }
}

TEST(SkinnyAvx512, IsTheSameWithAnyNumberOfThreads) {
    const auto x = draw({200, 64}, 1), g = draw({200, 96}, 2);
    if (!has_pairs()) GTEST_SKIP() << "the machine lacks AVX-512 BF16";
    const skinny::Factors factors{draw({8, 64}, 3), draw({96, 8}, 4), 1};
    const auto threads = at::get_num_threads();
    std::vector<at::Tensor> results;
    for (const int count : {1, 2, 3}) {
        at::set_num_threads(count);
        const auto h = at::empty({200, 8}, x.options()), y = g.clone(), slope = at::empty_like(x);
        const auto down = at::empty({8, 64}, at::kFloat), up = at::empty({96, 8}, at::kFloat);
        skinny::avx512::forward(x, factors, h, y);
        skinny::avx512::backward(x, h, g, factors, {slope, true, down, up});
        results.push_back(at::cat({y.flatten(), slope.flatten(), down.flatten(), up.flatten()}));
    }
    at::set_num_threads(threads);
    EXPECT_TRUE(at::equal(results[0], results[1]));
    EXPECT_TRUE(at::equal(results[0], results[2]));
}

}  // namespace lorikeet::nn
