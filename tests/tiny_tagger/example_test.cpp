#include "example.hpp"

#include <gtest/gtest.h>

#include "tag/square.hpp"

namespace lorikeet::tiny_tagger {
namespace {

TEST(Example, IsSquaredAsTheTaggerSquaresAFile) {
    bool wide = false, high = false, small = false, large = false;
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        const auto image = draw_example(seed, Look::Varied).image;
        wide |= image.width_px > image.height_px;
        high |= image.height_px > image.width_px;
        small |= image.width_px < 64;
        large |= image.width_px > 64;
        const auto png = io::encode_png(image);
        EXPECT_EQ(square_of(image, 64), tag::square_of(std::as_bytes(std::span(png)), "drawn.png", 64))
            << "seed " << seed;
    }
    EXPECT_TRUE(wide && high && small && large) << "of all kinds";
}

TEST(Example, IsNearWhatWasDrawn) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const auto varied = draw_example(seed, Look::Varied);
        if (varied.image.width_px != 64 || varied.image.height_px != 64) continue;
        const auto plain = draw_example(seed, Look::Plain).image;
        double off = 0;
        for (std::size_t i = 0; i < plain.rgb.size(); ++i)
            off += std::abs(varied.image.rgb[i] - plain.rgb[i]);
        EXPECT_LT(off / static_cast<double>(plain.rgb.size()), 30) << "seed " << seed;
        EXPECT_GT(off, 0) << "seed " << seed;
    }
}

}  // namespace
}  // namespace lorikeet::tiny_tagger
