#include "cli/interrupt.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.hpp"

namespace lorikeet::cli {

TEST(Interrupt, TheFirstSignalOnlyAsks) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        base::Cancel cancel;
        const Interrupt interrupt(cancel);
        ::raise(signal);
        EXPECT_TRUE(cancel.stop_requested()) << signal;
    }
}

TEST(Interrupt, TheSecondLeavesAtOnce) {
    EXPECT_EXIT(
        {
            base::Cancel cancel;
            const Interrupt interrupt(cancel);
            ::raise(SIGINT);
            ::raise(SIGINT);
        },
        ::testing::ExitedWithCode(130), "nothing was saved since the last state");
}

TEST(Interrupt, WhatNohupIgnoredStaysIgnored) {
    const auto earlier = std::signal(SIGHUP, SIG_IGN);
    base::Cancel cancel;
    {
        const Interrupt interrupt(cancel);
        ::raise(SIGHUP);
    }
    std::signal(SIGHUP, earlier);
    EXPECT_FALSE(cancel.stop_requested());
}

TEST(Interrupt, OneAtATime) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    EXPECT_THROW(Interrupt{cancel}, base::Error);
}

}  // namespace lorikeet::cli
