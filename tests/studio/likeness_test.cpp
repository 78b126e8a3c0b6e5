#include "studio/likeness.hpp"

#include <gtest/gtest.h>

namespace lorikeet::studio {
namespace {

io::Image grey(std::uint8_t value, std::int64_t side) {
    return {side, side, std::vector<std::uint8_t>(static_cast<std::size_t>(side * side * 3), value)};
}

}  // namespace

TEST(Likeness, APictureIsNowhereNearerThanToItself) {
    EXPECT_EQ(distance_to(grey(90, 64), {grey(200, 64), grey(90, 64)}), 0);
}

TEST(Likeness, BlackIsOneAwayFromWhite) { EXPECT_EQ(distance_to(grey(0, 64), {grey(255, 32)}), 1); }

TEST(Likeness, TheNearestSubjectCounts) {
    EXPECT_NEAR(distance_to(grey(100, 64), {grey(0, 64), grey(151, 64)}), 51.0 / 255, 1e-9);
}

}  // namespace lorikeet::studio
