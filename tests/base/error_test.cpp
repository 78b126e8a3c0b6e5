#include "base/error.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {

TEST(Error, CarriesASentenceAndAHint) {
    try {
        fail(ErrorCode::NotFound, "No such file.", "Check the path.");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
        EXPECT_STREQ(error.what(), "No such file.");
        EXPECT_EQ(error.hint(), "Check the path.");
        return;
    }
    FAIL() << "nothing was thrown";
}

TEST(Problems, AreSaidAllAtOnce) {
    EXPECT_NO_THROW(fail_if_any({}));
    try {
        fail_if_any({{"job.toml:3", "lr must be above 0.", ""},
                     {"job.toml:9", "rank must be at least 1.", "Try 16."}});
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "job.toml:3: lr must be above 0.\njob.toml:9: rank must be at least 1. Try 16.");
    }
}

TEST(Error, UsersMistakesExitWithTwo) {
    EXPECT_EQ(exit_code(ErrorCode::Corrupt), 2);
    EXPECT_EQ(exit_code(ErrorCode::Internal), 1);
    EXPECT_EQ(exit_code(ErrorCode::Interrupted), 130);
}

}  // namespace lorikeet::base
