#include "tag/parts_that_fit.hpp"

#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::tag {

TEST(PartsThatFit, WhatIsTooMuchIsDoneInHalvesFromThenOn) {
    PartsThatFit parts;
    std::vector<std::pair<std::size_t, std::size_t>> done;
    std::size_t tried = 0;
    const auto work = [&](std::size_t first, std::size_t count) {
        ++tried;
        if (count > 5) throw std::bad_alloc();
        done.emplace_back(first, count);
    };
    parts.run(16, work);
    EXPECT_EQ(done, (std::vector<std::pair<std::size_t, std::size_t>>{{0, 4}, {4, 4}, {8, 4}, {12, 4}}));
    EXPECT_EQ(tried, 6U);
    parts.run(6, work);
    EXPECT_EQ(tried, 8U) << "what did not fit is not tried again";
    EXPECT_EQ(done.back(), (std::pair<std::size_t, std::size_t>{4, 2}));
}

TEST(PartsThatFit, OneImageThatDoesNotFitIsTold) {
    PartsThatFit parts;
    try {
        parts.run(2, [](std::size_t, std::size_t) { throw std::bad_alloc(); });
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NoSpace);
    }
    EXPECT_THROW(parts.run(2, [](std::size_t, std::size_t) { throw std::runtime_error("other"); }),
                 std::runtime_error);
}

}  // namespace lorikeet::tag
