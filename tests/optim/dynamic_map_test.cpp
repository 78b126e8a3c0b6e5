#include "optim/dynamic_map.hpp"

#include <gtest/gtest.h>

#include "tensor/rng.hpp"

namespace lorikeet::optim {
namespace {

at::Tensor map_numbers(std::uint64_t seed, at::IntArrayRef sizes) {
    auto generator = tensor::generator(seed, tensor::Stream::Init);
    return at::randn(sizes, generator, at::kFloat);
}

}  // namespace

TEST(DynamicMap, HoldsEveryValueOfItselfExactly) {
    for (const auto sign : {Sign::Signed, Sign::Unsigned}) {
        const DynamicMap map(sign, at::kCPU);
        const auto quantised = map.quantise(map.values().view({1, 256}));
        EXPECT_TRUE(at::equal(quantised.codes.flatten().to(at::kLong), at::arange(256)));
        EXPECT_TRUE(at::equal(map.read(quantised).flatten(), map.values()));
    }
}

TEST(DynamicMap, NumbersComeBackWithinHalfAStepOfTheHighestDecade) {
    const DynamicMap map(Sign::Signed, at::kCPU);
    const auto sizes = at::tensor({1e-6F, 1e-3F, 1.0F, 1e3F, 0.0F}).unsqueeze(1);
    const auto x = map_numbers(1, {5, 256}) * sizes;
    const auto back = map.read(map.quantise(x));
    const auto largest = x.abs().amax(1, /*keepdim=*/true);
    // Neighbours are at most 0.9 / 64 of the largest apart, and below its tenth at most a tenth of that.
    EXPECT_TRUE(((x - back).abs() <= largest * (0.9 / 128 + 1e-5)).all().item<bool>());
    const auto small = x.abs() < 0.09 * largest;
    EXPECT_TRUE(((x - back).abs() <= largest * (0.09 / 64 + 1e-5))
                    .logical_or(small.logical_not())
                    .all()
                    .item<bool>());
    EXPECT_TRUE((x * back >= 0).all().item<bool>());
    EXPECT_TRUE(at::equal(back[4], at::zeros({256})));
}

TEST(DynamicMap, ZerosAreRead) {
    for (const auto sign : {Sign::Signed, Sign::Unsigned}) {
        const DynamicMap map(sign, at::kCPU);
        EXPECT_TRUE(at::equal(map.read(map.zeros(3)), at::zeros({3, 256})));
    }
}

}  // namespace lorikeet::optim
