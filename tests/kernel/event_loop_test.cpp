#include "kernel/event_loop.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <poll.h>

namespace lorikeet::kernel {

namespace {

using std::chrono::milliseconds;

bool readable(const EventLoop& loop, int wait_ms) {
    pollfd item{loop.descriptor(), POLLIN, 0};
    return ::poll(&item, 1, wait_ms) == 1;
}

void turn_for(EventLoop& loop, milliseconds time) {
    for (const auto end = EventLoop::Clock::now() + time; EventLoop::Clock::now() < end;) {
        std::this_thread::sleep_for(loop.until_next(milliseconds(5)));
        loop.run_due();
    }
}

}  // namespace

TEST(EventLoop, APostWakesWhoeverPolls) {
    EventLoop loop;
    EXPECT_FALSE(readable(loop, 0));
    std::thread other([&] { loop.post([] {}); });
    EXPECT_TRUE(readable(loop, 5000));
    other.join();
    loop.run_due();
    EXPECT_FALSE(readable(loop, 0));
}

TEST(EventLoop, FourThreadsPostTwentyThousandAndNoneIsLost) {
    EventLoop loop;
    std::vector<int> next(4, 0);
    bool in_order = true;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < next.size(); ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 5000; ++i) loop.post([&, t, i] { in_order = in_order && next[t]++ == i; });
        });
    while (next != std::vector<int>(4, 5000)) {
        ASSERT_TRUE(readable(loop, 5000));
        loop.run_due();
    }
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(in_order);
}

TEST(EventLoop, WorkThatPostsItselfLeavesTimeForOthers) {
    EventLoop loop;
    int times = 0;
    std::function<void()> again = [&] {
        ++times;
        loop.post(again);
    };
    loop.post(again);
    loop.run_due();
    EXPECT_EQ(times, 1);
}

TEST(EventLoop, WhatThrowsStopsNothingElse) {
    EventLoop loop;
    bool ran = false;
    loop.post([] { throw std::runtime_error("a test threw this"); });
    loop.post([&] { ran = true; });
    loop.run_due();
    EXPECT_TRUE(ran);
}

TEST(EventLoop, ATimerRingsUntilItIsLetGo) {
    EventLoop loop;
    int rung = 0;
    auto timer = loop.every(milliseconds(20), [&] { ++rung; });
    EXPECT_LE(loop.until_next(milliseconds(1000)), milliseconds(20));
    turn_for(loop, milliseconds(110));
    EXPECT_GE(rung, 2);
    EXPECT_LE(rung, 5);
    timer.reset();
    const int before = rung;
    turn_for(loop, milliseconds(50));
    EXPECT_EQ(rung, before);
    EXPECT_EQ(loop.until_next(milliseconds(1000)), milliseconds(1000));
}

TEST(EventLoop, ATimerMayEndItself) {
    EventLoop loop;
    int rung = 0;
    std::unique_ptr<widgets::Timer> timer;
    timer = loop.every(milliseconds(1), [&] {
        ++rung;
        timer.reset();
    });
    turn_for(loop, milliseconds(20));
    EXPECT_EQ(rung, 1);
}

TEST(EventLoop, WhatWasMissedIsNotMadeUpFor) {
    EventLoop loop;
    int rung = 0;
    const auto timer = loop.every(milliseconds(1), [&] { ++rung; });
    std::this_thread::sleep_for(milliseconds(50));
    loop.run_due();
    EXPECT_EQ(rung, 1);
}

}  // namespace lorikeet::kernel
