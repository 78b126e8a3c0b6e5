#include "base/memory.hpp"

#include <cstring>
#include <memory>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "support/sanitized.hpp"

namespace lorikeet::base {

TEST(Memory, WhatIsFreedStaysWithTheProcess) {
    LORIKEET_MEASURES_MEMORY();
    keep_freed_memory();
    constexpr std::size_t kPiece = 16U << 20U;
    const auto touch = [] {
        const auto piece = std::make_unique<char[]>(kPiece);
        std::memset(piece.get(), 1, kPiece);
        return piece[kPiece / 2];
    };
    touch();
    const auto before = memory_now_bytes();
    EXPECT_EQ(touch(), 1);
    // Without it the piece would have been mapped for the occasion, and be gone from the count again.
    EXPECT_LT(memory_now_bytes(), before + kPiece / 2);
    EXPECT_GT(memory_now_bytes(), kPiece);
}

TEST(Memory, AskingForHugePagesChangesNoByte) {
    constexpr std::size_t kBytes = 5U << 20U;
    const auto piece = std::make_unique<unsigned char[]>(kBytes);
    prefer_huge_pages(piece.get(), kBytes);
    for (std::size_t i = 0; i < kBytes; i += 4096) piece[i] = static_cast<unsigned char>(i >> 12U);
    for (std::size_t i = 0; i < kBytes; i += 4096)
        ASSERT_EQ(piece[i], static_cast<unsigned char>(i >> 12U)) << i;
    prefer_huge_pages(piece.get(), 100);  // no whole page in it
}

}  // namespace lorikeet::base
