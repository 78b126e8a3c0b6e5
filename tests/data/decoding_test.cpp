#include "data/decoding.hpp"

#include <algorithm>
#include <atomic>

#include <gtest/gtest.h>

#include "base/workers.hpp"

namespace lorikeet::data {

TEST(Decoding, WhatIsTakenAtOnceStaysWithinTheRoomOrIsOneAlone) {
    constexpr std::int64_t kSmall = kDecodingRoom / 3, kHuge = 5 * kDecodingRoom;
    std::atomic<std::int64_t> taken{0}, most{0};
    std::atomic<bool> shared{false};
    base::for_each_index(60, 8, base::Cancel(), [&](std::size_t i) {
        const auto bytes = i % 10 == 0 ? kHuge : kSmall;
        const DecodingTurn turn(bytes);
        const auto now = taken += bytes;
        if (now > kHuge) shared = true;
        auto seen = most.load();
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        taken -= bytes;
    });
    EXPECT_EQ(most, kHuge);
    EXPECT_FALSE(shared);
}

TEST(Decoding, TheMostIsTheLargestOfThemTogetherOrTheLargestAlone) {
    EXPECT_EQ(most_while_decoding({}, 2), 0);
    EXPECT_EQ(most_while_decoding({5, 1, 7}, 2), 12);
    EXPECT_EQ(most_while_decoding({5, 1, 7}, 9), 13);
    EXPECT_EQ(most_while_decoding({kDecodingRoom, kDecodingRoom}, 2), kDecodingRoom);
    EXPECT_EQ(most_while_decoding({4 * kDecodingRoom, kDecodingRoom}, 2), 4 * kDecodingRoom);
}

}  // namespace lorikeet::data
