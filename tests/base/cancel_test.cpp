#include "base/cancel.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::base {

TEST(Cancel, SaysNothingUntilAStopIsAskedFor) {
    const Cancel cancel;
    EXPECT_FALSE(cancel.stop_requested());
    EXPECT_NO_THROW(cancel.throw_if_stopped());
}

TEST(Cancel, AStopAskedForInterruptsWhoeverLooks) {
    Cancel cancel;
    cancel.request_stop();
    EXPECT_TRUE(cancel.stop_requested());
    try {
        cancel.throw_if_stopped();
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Interrupted);
        EXPECT_EQ(exit_code(error.code()), 130);
    }
}

}  // namespace lorikeet::base
