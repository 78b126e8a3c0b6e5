#include "io/resample.hpp"

#include <random>

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

TEST(Resample, TheSameSizeIsTheSameImage) {
    const auto image = counted(9, 7);
    for (const auto filter : {Filter::Bicubic, Filter::Lanczos, Filter::Area})
        EXPECT_EQ(resize(image, 9, 7, filter), image);
}

TEST(Resample, OneColourStaysThatColour) {
    const Image plain{8, 6, std::vector<std::uint8_t>(8 * 6 * 3, 201)};
    for (const auto filter : {Filter::Bicubic, Filter::Lanczos, Filter::Area})
        for (const auto value : resize(plain, 5, 3, filter).rgb) EXPECT_EQ(value, 201);
}

// Whatever the sizes and the part: the rows that come one by one give the bytes that the whole image gives.
TEST(ResizedPart, EqualsTheCropOfTheWholeBitForBit) {
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        std::mt19937_64 chance(seed);
        const auto below = [&](std::int64_t most) {
            return static_cast<std::int64_t>(chance() % static_cast<std::uint64_t>(most));
        };
        const auto image = counted(1 + below(60), 1 + below(60));
        Resizing r{image.width_px, image.height_px, 1 + below(90), 1 + below(90), {}, Filter::Lanczos};
        if (seed % 3 == 0) r.filter = Filter::Bicubic;
        if (seed % 3 == 1) {
            r.filter = Filter::Area;
            const auto whole = seed % 2 == 0 ? 1 + below(3) : 0;
            r.to_width_px = whole > 0 && image.width_px % whole == 0 ? image.width_px / whole
                                                                     : 1 + below(image.width_px);
            r.to_height_px = whole > 0 && image.height_px % whole == 0 ? image.height_px / whole
                                                                       : 1 + below(image.height_px);
        }
        r.part.width_px = 1 + below(r.to_width_px);
        r.part.height_px = 1 + below(r.to_height_px);
        r.part.x = below(r.to_width_px - r.part.width_px + 1);
        r.part.y = below(r.to_height_px - r.part.height_px + 1);
        ResizedPart part(r);
        const auto line = static_cast<std::size_t>(image.width_px) * 3;
        const auto add = [&](std::int64_t rows) {
            for (std::int64_t y = 0; y < rows; ++y)
                part.add_row(y, std::span(image.rgb).subspan(line * static_cast<std::size_t>(y), line));
        };
        add(image.height_px / 2);  // begun, and begun again
        add(image.height_px);
        EXPECT_EQ(part.result(), crop(resize(image, r.to_width_px, r.to_height_px, r.filter), r.part.x,
                                      r.part.y, r.part.width_px, r.part.height_px))
            << "seed " << seed;
    }
}

// One pixel wide and long as a river: only what is cut from the middle is worked out.
TEST(ResizedPart, AThinImageTakesNoMoreThanItsPart) {
    const Image thin = counted(1, 4000);
    ResizedPart part({1, 4000, 64, 256000, {0, 128000 - 32, 64, 64}, Filter::Lanczos});
    for (std::int64_t y = 0; y < 4000; ++y)
        part.add_row(y, std::span(thin.rgb).subspan(static_cast<std::size_t>(y) * 3, 3));
    EXPECT_EQ(part.result().rgb.size(), 64U * 64U * 3U);
}

TEST(Crop, TakesThePartAskedFor) {
    const auto image = counted(6, 5);
    const auto part = crop(image, 2, 1, 3, 2);
    ASSERT_EQ(part.rgb.size(), 18U);
    EXPECT_EQ(part.rgb[0], image.rgb[(1 * 6 + 2) * 3]);
    EXPECT_EQ(part.rgb[17], image.rgb[(2 * 6 + 4) * 3 + 2]);
    EXPECT_ANY_THROW(crop(image, 4, 0, 3, 1));
}

TEST(Mirror, TwiceIsTheSameImage) {
    const auto image = counted(7, 3);
    EXPECT_NE(mirror(image), image);
    EXPECT_EQ(mirror(image).rgb[0], image.rgb[6 * 3]);
    EXPECT_EQ(mirror(mirror(image)), image);
}

}  // namespace lorikeet::io
