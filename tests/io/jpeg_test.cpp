#include "io/jpeg.hpp"

#include <gtest/gtest.h>

namespace lorikeet::io {

TEST(Jpeg, WhatIsWrittenIsReadAsTheSameImageButForALittle) {
    Image image{48, 32, {}};
    for (int y = 0; y < 32; ++y)
        for (int x = 0; x < 48; ++x)
            for (const int value : {4 * x, 6 * y, 128}) image.rgb.push_back(static_cast<std::uint8_t>(value));
    const auto jpeg = encode_jpeg(image, 85);
    const auto back = decode_image(std::as_bytes(std::span(jpeg)), "small.jpg");
    ASSERT_EQ(back.width_px, 48);
    ASSERT_EQ(back.height_px, 32);
    double apart = 0;
    for (std::size_t i = 0; i < image.rgb.size(); ++i)
        apart += std::abs(int(image.rgb[i]) - int(back.rgb[i]));
    EXPECT_LT(apart / double(image.rgb.size()), 4);
    EXPECT_LT(jpeg.size(), 3000U);
}

}  // namespace lorikeet::io
