#include "io/vips_file.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::io {

TEST(VipsFile, WhatFailsTwiceIsToldWithItsReason) {
    start_vips();
    int tries = 0;
    try {
        with_reason("a.png", [&]() -> int {
            ++tries;
            vips_error("test", "it is torn.\nand more");
            throw vips::VError();
        });
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
        EXPECT_STREQ(error.what(), "a.png does not decode: test: it is torn.");
    }
    EXPECT_EQ(tries, 2);
    EXPECT_STREQ(vips_error_buffer(), "") << "its complaints are taken";
}

TEST(VipsFile, WhatWorksIsDoneOnce) {
    int tries = 0;
    EXPECT_EQ(with_reason("a.png", [&] { return ++tries; }), 1);
}

TEST(VipsFile, PixelsGoInAndComeOut) {
    const Image image{2, 1, {1, 2, 3, 250, 251, 252}};
    const auto pixels = pixels_for_vips(image);
    EXPECT_EQ(pixels.width(), 2);
    EXPECT_EQ(pixels.getpoint(1, 0), (std::vector<double>{250, 251, 252}));
}

}  // namespace lorikeet::io
