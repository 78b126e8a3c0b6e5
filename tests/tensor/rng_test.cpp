#include "tensor/rng.hpp"

#include <set>

#include <gtest/gtest.h>

namespace lorikeet::tensor {

// The first numbers that splitmix64's reference code gives for the seed 1234567.
TEST(Draws, AreThoseOfSplitmix64) {
    Draws draws(1234567);
    EXPECT_EQ(draws.bits(), 6457827717110365317U);
    EXPECT_EQ(draws.bits(), 3203168211198807973U);
    EXPECT_EQ(draws.bits(), 9817491932198370423U);
}

TEST(Draws, StayInTheirRangeAndReachAllOfIt) {
    Draws draws(7);
    std::set<std::uint64_t> met;
    double sum = 0;
    for (int i = 0; i < 1000; ++i) {
        met.insert(draws.below(7));
        const double u = draws.uniform();
        ASSERT_GE(u, 0);
        ASSERT_LT(u, 1);
        sum += u;
    }
    EXPECT_EQ(met, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_NEAR(sum / 1000, 0.5, 0.05);
}

TEST(Rng, EveryPlaceHasItsOwnNoiseAndAlwaysTheSame) {
    const auto noise = [](std::uint64_t seed, Stream stream, std::uint64_t step, std::uint64_t micro) {
        auto generator = tensor::generator(seed, stream, step, micro);
        return at::randn({64}, generator);
    };
    const auto here = noise(42, Stream::Noise, 41, 0);
    EXPECT_TRUE(at::equal(here, noise(42, Stream::Noise, 41, 0)));
    for (const auto& elsewhere : {noise(43, Stream::Noise, 41, 0), noise(42, Stream::Time, 41, 0),
                                  noise(42, Stream::Noise, 42, 0), noise(42, Stream::Noise, 41, 1)})
        EXPECT_LT((here * elsewhere).mean().abs().item<double>(), 0.5);
}

TEST(Rng, SeedsOfNeighboursAreAllDifferent) {
    std::set<std::uint64_t> seeds;
    for (std::uint64_t seed = 0; seed < 8; ++seed)
        for (const auto stream : {Stream::Order, Stream::Time, Stream::Noise, Stream::Sample})
            for (std::uint64_t first = 0; first < 16; ++first)
                for (std::uint64_t second = 0; second < 4; ++second)
                    seeds.insert(seed_of(seed, stream, first, second));
    EXPECT_EQ(seeds.size(), 8U * 4U * 16U * 4U);
}

}  // namespace lorikeet::tensor
