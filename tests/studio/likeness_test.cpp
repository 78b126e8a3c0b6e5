#include "studio/likeness.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::studio {
namespace {

io::Image plain(std::int64_t side, std::uint8_t grey) {
    return {side, side, std::vector<std::uint8_t>(static_cast<std::size_t>(side * side * 3), grey)};
}

// Black and white squares of `cell` pixels.
io::Image chequered(std::int64_t cell) {
    io::Image image{64, 64, {}};
    for (std::int64_t y = 0; y < 64; ++y)
        for (std::int64_t x = 0; x < 64; ++x)
            image.rgb.insert(image.rgb.end(), 3, (x / cell + y / cell) % 2 == 0 ? 0 : 255);
    return image;
}

}  // namespace

TEST(Likeness, AnImageIsNotDistantFromASetThatHoldsIt) {
    EXPECT_EQ(distance_to(chequered(32), {plain(64, 200), chequered(32), plain(64, 0)}), 0);
}

TEST(Likeness, BlackIsAsFarFromWhiteAsCanBeWhateverTheSizes) {
    EXPECT_DOUBLE_EQ(distance_to(plain(64, 0), {plain(64, 255)}), 1);
    EXPECT_DOUBLE_EQ(distance_to(plain(96, 255), {plain(32, 0)}), 1);
    EXPECT_NEAR(distance_to(plain(64, 51), {plain(64, 0)}), 0.2, 1e-9);
}

TEST(Likeness, TheNearestOfASetCounts) {
    EXPECT_NEAR(distance_to(plain(32, 0), {plain(32, 255), plain(32, 102), plain(32, 153)}), 0.4, 1e-9);
}

// Where an image is dark counts, down to a sixteenth of its side; what is finer is noise.
TEST(Likeness, LayoutCountsAndFinePatternsDoNot) {
    EXPECT_NEAR(distance_to(chequered(1), {plain(64, 128)}), 0, 0.01);
    EXPECT_NEAR(distance_to(chequered(32), {plain(64, 128)}), 0.5, 0.01);
}

TEST(Likeness, AnEmptySetIsABugOfTheCaller) { EXPECT_THROW(distance_to(plain(16, 0), {}), base::Error); }

}  // namespace lorikeet::studio
