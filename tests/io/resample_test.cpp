#include "io/resample.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "io/golden_file.hpp"

namespace lorikeet::io {
namespace {

Image counted(std::int64_t width, std::int64_t height) {
    Image image{width, height, {}};
    for (std::int64_t i = 0; i < width * height * 3; ++i)
        image.rgb.push_back(static_cast<std::uint8_t>(i * 37 % 256));
    return image;
}

void expect_equal_to_reference(const std::string& word, Filter filter, int tolerance) {
    const auto file = golden("resample");
    const auto source = golden_image(file, "source");
    int cases = 0;
    for (const auto& entry : file.entries()) {
        if (!entry.name.starts_with(word + ".")) continue;
        const auto wanted = golden_image(file, entry.name);
        const auto made = resize(source, wanted.width_px, wanted.height_px, filter);
        EXPECT_LE(difference(made, wanted), tolerance) << entry.name;
        ++cases;
    }
    EXPECT_GE(cases, 5);
}

}  // namespace

TEST(ResampleGolden, BicubicEqualsPillowBitForBit) {
    expect_equal_to_reference("bicubic", Filter::Bicubic, 0);
}
TEST(ResampleGolden, LanczosEqualsPillowBitForBit) {
    expect_equal_to_reference("lanczos", Filter::Lanczos, 0);
}
TEST(ResampleGolden, AreaEqualsOpenCvWithinOne) { expect_equal_to_reference("area", Filter::Area, 1); }

TEST(Resample, TheSameSizeIsTheSamePicture) {
    const auto image = counted(9, 7);
    for (const auto filter : {Filter::Bicubic, Filter::Lanczos, Filter::Area})
        EXPECT_EQ(resize(image, 9, 7, filter), image);
}

TEST(Resample, OneColourStaysThatColour) {
    const Image plain{8, 6, std::vector<std::uint8_t>(8 * 6 * 3, 201)};
    for (const auto filter : {Filter::Bicubic, Filter::Lanczos, Filter::Area})
        for (const auto value : resize(plain, 5, 3, filter).rgb) EXPECT_EQ(value, 201);
}

TEST(Crop, TakesThePartAskedFor) {
    const auto image = counted(6, 5);
    const auto part = crop(image, 2, 1, 3, 2);
    ASSERT_EQ(part.rgb.size(), 18U);
    EXPECT_EQ(part.rgb[0], image.rgb[(1 * 6 + 2) * 3]);
    EXPECT_EQ(part.rgb[17], image.rgb[(2 * 6 + 4) * 3 + 2]);
    EXPECT_ANY_THROW(crop(image, 4, 0, 3, 1));
}

TEST(Mirror, TwiceIsTheSamePicture) {
    const auto image = counted(7, 3);
    EXPECT_NE(mirror(image), image);
    EXPECT_EQ(mirror(image).rgb[0], image.rgb[6 * 3]);
    EXPECT_EQ(mirror(mirror(image)), image);
}

}  // namespace lorikeet::io
