#include "tensor/cpu_allocator.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/clock.hpp"
#include "support/sanitized.hpp"
#include "tensor/device.hpp"

namespace lorikeet::tensor {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

long page_faults() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

struct Piece {
    c10::DataPtr data;
    std::size_t bytes = 0;
    unsigned char mark = 0;
};

// Written at both ends and in the middle: overlapping pieces would tell.
void write(const Piece& piece) {
    auto* bytes = static_cast<unsigned char*>(piece.data.get());
    for (const auto i : {std::size_t{0}, piece.bytes / 2, piece.bytes - 1}) bytes[i] = piece.mark;
}
bool is_whole(const Piece& piece) {
    const auto* bytes = static_cast<const unsigned char*>(piece.data.get());
    return bytes[0] == piece.mark && bytes[piece.bytes / 2] == piece.mark &&
           bytes[piece.bytes - 1] == piece.mark;
}

// As a batch system does it: this process may take so many addresses more, and no others.
void limit_addresses(std::size_t more) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit limit{pages * 4096 + more, pages * 4096 + more};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
}

// In a process of its own: what is wanted of an allocator whose range is refused or soon full. Exit code 0 where it is so.
[[noreturn]] void use_with_addresses(std::size_t granted, std::size_t wanted, bool has_range) {
    limit_addresses(granted);
    {
        CpuAllocator allocator;
        std::vector<Piece> pieces;
        for (std::size_t i = 0; i < wanted / (20 * kMiB); ++i) {
            pieces.push_back({allocator.allocate(20 * kMiB), 20 * kMiB, static_cast<unsigned char>(i)});
            if (reinterpret_cast<std::uintptr_t>(pieces.back().data.get()) % 64 != 0) std::_Exit(3);
            write(pieces.back());
        }
        if (!std::all_of(pieces.begin(), pieces.end(), is_whole)) std::_Exit(4);
        if ((allocator.kept_bytes() > 0) != has_range) std::_Exit(5);
        if (allocator.used_bytes() >= wanted) std::_Exit(6);  // some had to be malloc's
        pieces.clear();
        if (allocator.used_bytes() != 0) std::_Exit(7);
        try {
            static_cast<void>(allocator.allocate(2 * granted));
            std::_Exit(8);
        } catch (const std::bad_alloc&) {
            static_cast<void>(allocator.allocate(20 * kMiB));
        }
    }
    std::_Exit(0);
}

}  // namespace

TEST(CpuAllocator, PiecesAreAlignedAndNeverOverlap) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        CpuAllocator allocator;
        std::mt19937 random(seed);
        std::vector<Piece> pieces;
        for (int i = 0; i < 100; ++i) {
            if (!pieces.empty() && random() % 2 == 0) {
                std::swap(pieces[random() % pieces.size()], pieces.back());
                ASSERT_TRUE(is_whole(pieces.back())) << "seed " << seed;
                pieces.pop_back();
                continue;
            }
            const std::size_t bytes = 1 + random() % (4 * kMiB);
            pieces.push_back({allocator.allocate(bytes), bytes, static_cast<unsigned char>(random())});
            ASSERT_EQ(reinterpret_cast<std::uintptr_t>(pieces.back().data.get()) % 64, 0U);
            write(pieces.back());
        }
        for (const auto& piece : pieces) ASSERT_TRUE(is_whole(piece)) << "seed " << seed;
        pieces.clear();
        EXPECT_EQ(allocator.used_bytes(), 0U);
    }
}

TEST(CpuAllocator, FreedNeighboursJoinAndAreUsedAgain) {
    CpuAllocator allocator;
    std::vector<c10::DataPtr> pieces;
    for (int i = 0; i < 8; ++i) pieces.push_back(allocator.allocate(16 * kMiB));
    const auto kept = allocator.kept_bytes();
    std::swap(pieces[3], pieces[7]);
    pieces.clear();
    const auto all = allocator.allocate(8 * 16 * kMiB);
    EXPECT_EQ(allocator.kept_bytes(), kept);
}

// 40 MiB is more than glibc's malloc would keep whatever it is told.
TEST(CpuAllocator, WhatIsFreedIsTakenAgainWithoutAFault) {
    CpuAllocator allocator;
    const auto touch = [&] {
        const auto piece = allocator.allocate(40 * kMiB);
        std::memset(piece.get(), 1, 40 * kMiB);
    };
    touch();
    const auto before = page_faults();
    for (int i = 0; i < 10; ++i) touch();
    EXPECT_LT(page_faults() - before, 100);
}

TEST(CpuAllocator, GivesBackWhatNoTensorUsesAndNothingElse) {
    CpuAllocator allocator;
    const auto held = allocator.allocate(8 * kMiB);
    std::memset(held.get(), 7, 8 * kMiB);
    {
        const auto piece = allocator.allocate(200 * kMiB);
        std::memset(piece.get(), 1, 200 * kMiB);
    }
    const auto before = base::memory_now_bytes();
    allocator.give_back();
    EXPECT_LT(base::memory_now_bytes() + 180 * kMiB, before);
    const auto* bytes = static_cast<const unsigned char*>(held.get());
    EXPECT_TRUE(std::all_of(bytes, bytes + 8 * kMiB, [](auto b) { return b == 7; }));
    const auto again = allocator.allocate(200 * kMiB);
    static_cast<char*>(again.get())[100 * kMiB] = 1;
}

TEST(CpuAllocator, MoreThanThereIsIsRefusedAndTheRestStays) {
    CpuAllocator allocator;
    const auto held = allocator.allocate(kMiB);
    EXPECT_THROW(allocator.allocate(std::size_t{1} << 60), std::bad_alloc);
    EXPECT_THROW(allocator.allocate(~std::size_t{0}), std::bad_alloc);
    EXPECT_NE(allocator.allocate(kMiB).get(), nullptr);
    EXPECT_EQ(allocator.allocate(0).get(), nullptr);
}

// Of 3 GiB it reserves 1 (the greatest power of two that is granted is 2), and more is asked for.
TEST(CpuAllocator, WhereAddressesAreLimitedTheRangeIsSmallerAndMallocHelps) {
    LORIKEET_MEASURES_MEMORY();
    EXPECT_EXIT(use_with_addresses(3072 * kMiB, 2000 * kMiB, true), testing::ExitedWithCode(0), "");
}

TEST(CpuAllocator, WhereNoRangeIsGrantedLargeTensorsAreMallocs) {
    LORIKEET_MEASURES_MEMORY();
    EXPECT_EXIT(use_with_addresses(200 * kMiB, 160 * kMiB, false), testing::ExitedWithCode(0), "");
}

// As oneDNN's part of ATen asks for its scratch.
TEST(CpuAllocator, RawPiecesComeAndGo) {
    auto& allocator = CpuAllocator::instance();
    const auto before = allocator.used_bytes();
    for (const std::size_t bytes : {std::size_t{100}, 3 * kMiB}) {
        void* piece = allocator.raw_allocate(bytes);
        std::memset(piece, 1, bytes);
        allocator.raw_deallocate(piece);
    }
    EXPECT_EQ(allocator.used_bytes(), before);
    release_unused(at::kCPU);
}

}  // namespace lorikeet::tensor
