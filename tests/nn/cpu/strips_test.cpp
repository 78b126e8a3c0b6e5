#include "nn/cpu/strips.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "nn/cpu/kernels.hpp"

namespace lorikeet::nn::strips {
namespace {

using Floats = std::unique_ptr<float[], decltype(&std::free)>;

Floats aligned(std::size_t count) {
    return {static_cast<float*>(std::aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64)), &std::free};
}

// Small whole numbers: sums of them are exact in any order.
float number(std::size_t i) { return static_cast<float>(static_cast<int>(i * 37 % 11) - 5); }

constexpr std::int64_t kIn = 64, kOut = 32, kTaps = 2, kRows = 15;

float weight(std::int64_t out, std::int64_t in, std::int64_t tap) {
    return number(static_cast<std::size_t>((out * kIn + in) * kTaps + tap));
}

class Strips : public testing::Test {
  protected:
    void SetUp() override {
        if (!kernel()) GTEST_SKIP() << "this processor lacks the instructions";
        std::vector<float> rows(kOut * kIn * kTaps);
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = number(i);
        kernel()->lay(rows.data(), Stored::Float32, weights(), panels_.get());
    }
    static const Kernel* kernel() { return cpu::kernels().products.float32; }
    Weights weights() const { return {panels_.get(), kIn, kOut, kTaps, Number::Float32}; }

    Floats panels_ = aligned(kOut * kIn * kTaps);
    Floats sums_ = aligned(kRows * kWidth);
};

}  // namespace

TEST_F(Strips, LieTapAfterTapAndInputAfterInput) {
    for (std::int64_t tap = 0; tap < kTaps; ++tap)
        for (std::int64_t in = 0; in < kIn; ++in)
            for (std::int64_t out = 0; out < kOut; ++out)
                ASSERT_EQ(panels_[static_cast<std::size_t>((tap * kIn + in) * kOut + out)],
                          weight(out, in, tap));
}

// Tap 1 sees the row before; the first row has none. Row m is written to place kRows - 1 - m.
TEST_F(Strips, BothDirectionsFollowTheirTables) {
    constexpr std::array<std::int32_t, 2> kAllTaps{0, 1};
    std::vector<std::int32_t> sources, targets;
    for (std::int32_t tap = 0; tap < kTaps; ++tap)
        for (std::int32_t m = 0; m < kRows; ++m) sources.push_back(m - tap);
    for (std::int32_t m = 0; m < kRows; ++m) targets.push_back(static_cast<std::int32_t>(kRows - 1 - m));
    const std::vector<float> zeros(kIn);
    for (const auto direction : {Direction::Forward, Direction::Backward}) {
        const bool forward = direction == Direction::Forward;
        const auto from = forward ? kIn : kOut, to = forward ? kOut : kIn;
        std::vector<float> given(static_cast<std::size_t>(kRows * from)),
            result(static_cast<std::size_t>(kRows * to));
        for (std::size_t i = 0; i < given.size(); ++i) given[i] = number(3 * i + 1);
        Product product;
        product.weights = weights();
        product.direction = direction;
        product.given = given.data();
        product.zeros = zeros.data();
        product.result = result.data();
        product.rows = kRows;
        product.sources = sources.data();
        product.targets = targets.data();
        product.taps = kAllTaps;
        for (std::int64_t strip = 0; strip < count(product); ++strip)
            kernel()->multiply(product, strip, 0, kRows, sums_.get());
        for (std::int64_t m = 0; m < kRows; ++m)
            for (std::int64_t n = 0; n < to; ++n) {
                float sum = 0;
                for (std::int64_t tap = 0; tap < kTaps && tap <= m; ++tap)
                    for (std::int64_t k = 0; k < from; ++k)
                        sum += given[static_cast<std::size_t>((m - tap) * from + k)] *
                               (forward ? weight(n, k, tap) : weight(k, n, tap));
                ASSERT_EQ(result[static_cast<std::size_t>((kRows - 1 - m) * to + n)], sum) << m << ", " << n;
            }
    }
}

}  // namespace lorikeet::nn::strips
