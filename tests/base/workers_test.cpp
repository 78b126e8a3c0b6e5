#include "base/workers.hpp"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::base {

TEST(Workers, EveryIndexIsWorkedOnExactlyOnceByAnyNumberOfThreads) {
    for (const std::size_t threads : {0U, 1U, 3U, 64U}) {
        std::vector<std::atomic<int>> times(50);
        for_each_index(times.size(), threads, Cancel(), [&](std::size_t i) { ++times[i]; });
        for (const auto& count : times) EXPECT_EQ(count.load(), 1);
    }
}

TEST(Workers, NothingToDoIsDoneAtOnce) {
    for_each_index(0, 4, Cancel(), [](std::size_t) { FAIL() << "there was nothing to do"; });
}

TEST(Workers, TheFirstExceptionComesOutAndNoFurtherItemBegins) {
    std::atomic<int> begun{0};
    const auto work = [&](std::size_t) {
        ++begun;
        throw std::runtime_error("broken");
    };
    EXPECT_THROW(for_each_index(1000, 2, Cancel(), work), std::runtime_error);
    EXPECT_LE(begun.load(), 2);
}

TEST(Workers, AStopIsHeardBetweenTwoItems) {
    Cancel cancel;
    int begun = 0;
    try {
        for_each_index(100, 1, cancel, [&](std::size_t) {
            if (++begun == 3) cancel.request_stop();
        });
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Interrupted);
    }
    EXPECT_EQ(begun, 3);
}

}  // namespace lorikeet::base
