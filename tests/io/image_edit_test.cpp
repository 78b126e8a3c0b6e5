#include "io/image_edit.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/golden_file.hpp"

namespace lorikeet::io {

namespace {

Image two_colours(std::int64_t width, std::int64_t height) {
    Image image{width, height, {}};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            for (const auto value : {x < width / 2 ? 250 : 10, y < height / 2 ? 200 : 20, 60})
                image.rgb.push_back(static_cast<std::uint8_t>(value));
    return image;
}

Image shown_again(const std::string& file) { return decode_image(std::as_bytes(std::span(file)), "made"); }

std::string edited(const std::string& file, const ImageEdit& edit) {
    return edit_image(std::as_bytes(std::span(file)), "a.png", edit);
}

ImageEdit png() { return {"png", 95, {}, 0, 0, Turn::None, false}; }

}  // namespace

TEST(ImageEdit, AQuarterTurnMovesEveryPixel) {
    const auto image = two_colours(5, 3);
    auto edit = png();
    edit.turn = Turn::Right;
    const auto turned = shown_again(edited(encode_png(image), edit));
    ASSERT_EQ(turned.width_px, 3);
    ASSERT_EQ(turned.height_px, 5);
    for (std::int64_t y = 0; y < 3; ++y)
        for (std::int64_t x = 0; x < 5; ++x)
            for (std::int64_t c = 0; c < 3; ++c)
                ASSERT_EQ(turned.rgb[static_cast<std::size_t>((x * 3 + (2 - y)) * 3 + c)],
                          image.rgb[static_cast<std::size_t>((y * 5 + x) * 3 + c)]);
}

TEST(ImageEdit, TurnsAndMirrorsThatEndWhereTheyBeganChangeNothing) {
    const auto image = two_colours(7, 4);
    auto file = encode_png(image);
    for (const auto turn : {Turn::Right, Turn::Half, Turn::Left, Turn::Half}) {
        auto edit = png();
        edit.turn = turn;
        file = edited(file, edit);
    }
    EXPECT_EQ(shown_again(file), image);
    auto edit = png();
    edit.mirror = true;
    const auto mirrored = edited(file, edit);
    EXPECT_EQ(shown_again(mirrored), mirror(image));
    EXPECT_EQ(shown_again(edited(mirrored, edit)), image);
}

TEST(ImageEdit, APartIsThatPartAndASizeIsThatSize) {
    const auto image = two_colours(40, 20);
    auto edit = png();
    edit.part = Region{20, 0, 20, 10};
    const auto part = shown_again(edited(encode_png(image), edit));
    EXPECT_EQ(part, crop(image, 20, 0, 20, 10));
    edit.to_width_px = 8;
    edit.to_height_px = 4;
    const auto small = shown_again(edited(encode_png(image), edit));
    EXPECT_EQ(small.width_px, 8);
    EXPECT_EQ(small.height_px, 4);
    EXPECT_EQ(small.rgb[0], part.rgb[0]);
}

TEST(ImageEdit, EachFormatIsWrittenAndShowsTheSame) {
    const auto image = two_colours(32, 32);
    for (const auto* format : {"png", "jpeg", "webp"}) {
        auto edit = png();
        edit.format = format;
        const auto file = edited(encode_png(image), edit);
        EXPECT_EQ(peek_image(std::as_bytes(std::span(file)), "made").format, format);
        EXPECT_TRUE(is_written(format));
        const auto back = shown_again(file);
        ASSERT_EQ(back.rgb.size(), image.rgb.size());
        EXPECT_NEAR(back.rgb[3 * (8 * 32 + 8)], image.rgb[3 * (8 * 32 + 8)], 6) << format;
    }
    EXPECT_FALSE(is_written("heic"));
    auto lossless = png();
    lossless.format = "webp";
    lossless.quality = 100;
    EXPECT_EQ(shown_again(edited(encode_png(image), lossless)), image);
}

// 16 bits, palettes, inks, the camera's turn, profiles: what is shown is the same before and after, and alpha is kept.
TEST(ImageEdit, EveryKindShowsTheSameAsPng) {
    for (const auto* kind : {"image", "colour"}) {
        const auto golden_file = golden(kind);
        for (const auto& name : names_in(golden_file)) {
            const auto bytes = golden_text(golden_file, "file." + name);
            const auto view = std::as_bytes(std::span(bytes));
            if (peek_image(view, name).frames > 1) {
                EXPECT_THROW(edit_image(view, name, png()), base::Error) << name;
                continue;
            }
            const auto made = edit_image(view, name, png());
            const bool inks = name.find("ink") != name.npos || name.find("cmyk") != name.npos;
            if (!inks) {  // which libvips turns to colours in its own way
                EXPECT_LE(difference(shown_again(made), decode_image(view, name)), 1) << name;
            }
            EXPECT_EQ(has_alpha(std::as_bytes(std::span(made)), name), has_alpha(view, name)) << name;
        }
    }
}

TEST(ImageEdit, WhatIsCutOffIsToldWithItsName) {
    auto file = encode_png(two_colours(64, 64));
    file.resize(file.size() / 2);
    try {
        edited(file, png());
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
        EXPECT_NE(std::string(error.what()).find("a.png"), std::string::npos);
    }
}

}  // namespace lorikeet::io
