#include "data/image_measures.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "io/resample.hpp"
#include "support/places.hpp"

namespace lorikeet::data {

namespace {

io::Image practice(int number) {
    char name[32];
    std::snprintf(name, sizeof name, "lorikeet-%02d.png", number);
    return io::read_image(support::root() / "assets/lorikeet" / name);
}

io::Image plain(std::int64_t width, std::int64_t height, std::uint8_t grey) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height), grey)};
}

// A mean over fields of `radius` on each side.
io::Image blurred(const io::Image& image, std::int64_t radius) {
    io::Image out = image;
    for (std::int64_t y = 0; y < image.height_px; ++y)
        for (std::int64_t x = 0; x < image.width_px; ++x)
            for (std::int64_t c = 0; c < 3; ++c) {
                std::int64_t sum = 0, count = 0;
                for (auto v = std::max<std::int64_t>(0, y - radius);
                     v <= std::min(image.height_px - 1, y + radius); ++v)
                    for (auto u = std::max<std::int64_t>(0, x - radius);
                         u <= std::min(image.width_px - 1, x + radius); ++u) {
                        sum += image.rgb[static_cast<std::size_t>(3 * (v * image.width_px + u) + c)];
                        ++count;
                    }
                out.rgb[static_cast<std::size_t>(3 * (y * image.width_px + x) + c)] =
                    static_cast<std::uint8_t>(sum / count);
            }
    return out;
}

}  // namespace

TEST(ImageMeasures, TheSameImageInAnotherSizeIsNearlyTheSame) {
    for (int number = 1; number <= 3; ++number) {
        const auto image = practice(number);
        const auto larger = io::resize(image, 2 * image.width_px, 2 * image.height_px, io::Filter::Lanczos);
        EXPECT_GT(likeness(measure(image), measure(larger)), 0.96) << number;
        EXPECT_EQ(likeness(measure(image), measure(image)), 1);
    }
}

TEST(ImageMeasures, OtherImagesAreNot) {
    for (int a = 1; a <= 12; ++a)
        for (int b = a + 1; b <= 12; ++b)
            EXPECT_LT(likeness(measure(practice(a)), measure(practice(b))), 0.96) << a << " and " << b;
}

TEST(ImageMeasures, ABlurredImageHasLittleSharpness) {
    const auto image = practice(1);
    EXPECT_GT(measure(image).sharpness, 200);
    EXPECT_LT(measure(blurred(image, 3)).sharpness, 20);
}

TEST(ImageMeasures, APlaneHasNoContrast) {
    EXPECT_EQ(measure(plain(40, 30, 90)).contrast, 0);
    EXPECT_GT(measure(practice(1)).contrast, 10);
    EXPECT_EQ(measure(plain(1, 1, 90)).sharpness, 0);  // no neighbours
}

TEST(ImageMeasures, TheCopyIsNoLargerThan256) {
    EXPECT_EQ(measured_size(1000, 500).width_px, 256);
    EXPECT_EQ(measured_size(1000, 500).height_px, 128);
    EXPECT_EQ(measured_size(100, 50).width_px, 100);
    EXPECT_EQ(measured_size(10000, 1).height_px, 1);
}

}  // namespace lorikeet::data
