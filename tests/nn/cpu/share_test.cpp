#include "nn/cpu/share.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace lorikeet::nn {

TEST(Share, EveryTaskIsDoneOnceInAnAlignedRoom) {
    std::vector<std::atomic<int>> done(100);
    share(100, 1024, [&](std::int64_t task, char* room) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(room) % 64, 0U);
        ++done[static_cast<std::size_t>(task)];
    });
    for (const auto& times : done) EXPECT_EQ(times, 1);
}

// Each of the two waits for the other: they meet only where there are two threads.
TEST(Share, TwoThreadsWorkAtOnce) {
    const auto threads = at::get_num_threads();
    at::set_num_threads(2);
    std::atomic<int> begun = 0, met = 0;
    share(2, 64, [&](std::int64_t, char*) {
        ++begun;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (begun < 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        met += begun == 2;
    });
    at::set_num_threads(threads);
    EXPECT_EQ(met, 2);
}

}  // namespace lorikeet::nn
