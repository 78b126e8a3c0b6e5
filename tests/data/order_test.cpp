#include "data/order.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

struct Case {
    std::vector<std::int64_t> repeats;
    std::int64_t batch;
    std::uint64_t seed;
};

Case random_case(std::uint64_t seed) {
    tensor::Draws draws(seed);
    Case c{{}, 1 + static_cast<std::int64_t>(draws.below(5)), draws.bits()};
    for (auto n = 1 + draws.below(12); n > 0; --n)
        c.repeats.push_back(1 + static_cast<std::int64_t>(draws.below(4)));
    return c;
}

}  // namespace

TEST(Order, EveryImageIsShownAsOftenAsItIsRepeated) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto c = random_case(seed);
        const Order order(c.repeats, c.batch, c.seed);
        std::map<std::size_t, std::int64_t> shown;
        std::int64_t place = 0;
        for (std::int64_t i = 0; i < order.batches_per_epoch(); ++i)
            for (const auto& draw : order.batch(3, i)) {
                ++shown[draw.image];
                EXPECT_EQ(draw.place, place++) << "seed " << seed;
            }
        EXPECT_EQ(place, order.draws_per_epoch());
        for (std::size_t p = 0; p < c.repeats.size(); ++p)
            EXPECT_EQ(shown[p], c.repeats[p]) << "seed " << seed;
    }
}

TEST(Order, AnyPlaceCanBeAskedInAnySequence) {
    const Order forward({1, 2, 3, 4}, 3, 7), backward({1, 2, 3, 4}, 3, 7);
    std::vector<std::vector<Draw>> there, back;
    for (std::int64_t i = 0; i < 4; ++i) there.push_back(forward.batch(5, i));
    for (std::int64_t i = 3; i >= 0; --i) back.push_back(backward.batch(5, i));
    std::reverse(back.begin(), back.end());
    EXPECT_EQ(there, back);
    EXPECT_EQ(there.back().size(), 1U);  // 10 = 3 + 3 + 3 + 1
}

TEST(Order, EpochsAndSeedsDiffer) {
    const std::vector<std::int64_t> repeats(20, 1);
    EXPECT_NE(Order(repeats, 1, 1).epoch(0), Order(repeats, 1, 1).epoch(1));
    EXPECT_NE(Order(repeats, 1, 1).epoch(0), Order(repeats, 1, 2).epoch(0));
    EXPECT_EQ(Order(repeats, 1, 1).epoch(4), Order(repeats, 5, 1).epoch(4));
}

// Each of 4 images is first about as often as the others: 4 standard deviations of 1000 draws at 1/4.
TEST(Order, NoImageIsPreferred) {
    std::map<std::size_t, int> first;
    for (std::int64_t epoch = 0; epoch < 1000; ++epoch)
        ++first[Order({1, 1, 1, 1}, 1, 5).epoch(epoch).front()];
    for (std::size_t p = 0; p < 4; ++p) EXPECT_NEAR(first[p], 250, 55);
}

}  // namespace lorikeet::data
