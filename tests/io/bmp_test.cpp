#include "io/bmp.hpp"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::io {
namespace {

using Rgb = std::vector<std::uint8_t>;

std::string number(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
        text += static_cast<char>(value & 0xFFU);
        value >>= 8U;  // one byte at a time: shifting 32 bits by 32 at once means nothing
    }
    return text;
}

// What a bitmap says of itself, and its bytes behind that.
struct Bitmap {
    std::int32_t width = 1, height = 1;
    std::uint32_t bits = 24;
    std::string pixels;
    std::string palette{};  // B G R 0 of each colour
    std::uint32_t compression = 0;
    std::string masks{};  // each 4 bytes
    std::uint32_t info = 40;

    std::string bytes() const {
        const auto begin = 14 + 40 + masks.size() + palette.size();
        return "BM" + number(0, 8) + number(static_cast<std::uint32_t>(begin), 4) + number(info, 4) +
               number(static_cast<std::uint32_t>(width), 4) + number(static_cast<std::uint32_t>(height), 4) +
               number(1, 2) + number(bits, 2) + number(compression, 4) + number(0, 12) +
               number(static_cast<std::uint32_t>(palette.size() / 4), 4) + number(0, 4) + masks + palette +
               pixels;
    }
};

std::span<const std::byte> view(const std::string& text) { return std::as_bytes(std::span(text)); }

Rgb decoded(const Bitmap& bitmap) {
    const auto bytes = bitmap.bytes();
    return decode_bmp(view(bytes)).rgb;
}

base::ErrorCode refusal(const std::string& bytes) {
    try {
        decode_bmp(view(bytes));
    } catch (const base::Error& error) {
        return error.code();
    }
    return base::ErrorCode::Internal;
}

const std::string kBlueRed("\xFF\0\0\0\0\xFF\0\0", 8);  // two pixels and two bytes of padding

}  // namespace

TEST(Bmp, RowsArePaddedAndStandOnTheirHeads) {
    const auto pixels = std::string("\1\2\3\0\4\5\6\0", 8);
    EXPECT_EQ(decoded({.height = 2, .pixels = pixels}), (Rgb{6, 5, 4, 3, 2, 1}));
    EXPECT_EQ(decoded({.height = -2, .pixels = pixels}), (Rgb{3, 2, 1, 6, 5, 4}));
}

TEST(Bmp, PalettesOfOneFourAndEightBits) {
    const auto palette = std::string("\1\2\3\0\x7\x8\x9\0", 8);
    const auto of = [&](std::uint32_t bits, const std::string& row) {
        return decoded({.width = 3, .bits = bits, .pixels = row, .palette = palette});
    };
    const Rgb wanted{9, 8, 7, 3, 2, 1, 9, 8, 7};
    EXPECT_EQ(of(1, std::string("\xA0\0\0\0", 4)), wanted);
    EXPECT_EQ(of(4, std::string("\x10\x10\0\0", 4)), wanted);
    EXPECT_EQ(of(8, std::string("\1\0\1\0", 4)), wanted);
}

TEST(Bmp, SixteenBitsAreStretchedToTheFullRange) {
    EXPECT_EQ(decoded({.width = 2, .bits = 16, .pixels = number(0x7C00, 2) + number(0x03FF, 2)}),
              (Rgb{255, 0, 0, 0, 255, 255}));
    const auto masks = number(0xF800, 4) + number(0x07E0, 4) + number(0x001F, 4);
    EXPECT_EQ(decoded({.width = 2,
                       .bits = 16,
                       .pixels = number(0x07E0, 2) + number(0x8000, 2),
                       .compression = 3,
                       .masks = masks}),
              (Rgb{0, 255, 0, 131, 0, 0}));
}

TEST(Bmp, AFourthByteIsTransparencyOnlyWhereTheHeaderSaysSo) {
    EXPECT_EQ(decoded({.bits = 32, .pixels = std::string("\1\2\3\0", 4)}), (Rgb{3, 2, 1}));
    const auto masks = number(0xFF0000, 4) + number(0xFF00, 4) + number(0xFF, 4) + number(0xFF000000, 4);
    const Bitmap clear{.width = 2,
                       .bits = 32,
                       .pixels = number(0x00000000, 4) + number(0xFF030201, 4),
                       .compression = 6,
                       .masks = masks};
    EXPECT_EQ(decoded(clear), (Rgb{255, 255, 255, 3, 2, 1}));  // over white
    const auto bytes = clear.bytes();
    Rgb row;
    read_bmp_rows(view(bytes), [&](std::int64_t, auto pixels) { row.assign(pixels.begin(), pixels.end()); },
                  {9, 8, 7});
    EXPECT_EQ(row, (Rgb{9, 8, 7, 3, 2, 1}));
}

TEST(Bmp, TheHeaderAloneTellsTheSize) {
    const auto bytes = Bitmap{.width = 2, .height = -1, .pixels = kBlueRed}.bytes();
    EXPECT_TRUE(is_bmp(view(bytes)));
    const auto facts = peek_bmp(view(bytes).first(54));
    EXPECT_EQ(facts.width_px, 2);
    EXPECT_EQ(facts.height_px, 1);
    EXPECT_EQ(decode_bmp(view(bytes)).rgb, (Rgb{0, 0, 255, 255, 0, 0}));
    EXPECT_FALSE(is_bmp(view(std::string("B"))));
    EXPECT_FALSE(is_bmp(view(std::string("PNG"))));
}

TEST(Bmp, WhatIsNotReadIsSaidApartFromWhatIsBroken) {
    const Bitmap good{.width = 2, .pixels = kBlueRed};
    const auto with = [&](auto member, auto value) {
        auto bitmap = good;
        bitmap.*member = value;
        return refusal(bitmap.bytes());
    };
    EXPECT_EQ(with(&Bitmap::compression, 1U), base::ErrorCode::Unsupported);  // RLE
    EXPECT_EQ(with(&Bitmap::info, 12U), base::ErrorCode::Unsupported);        // OS/2
    EXPECT_EQ(with(&Bitmap::bits, 7U), base::ErrorCode::Corrupt);
    EXPECT_EQ(with(&Bitmap::width, 0), base::ErrorCode::Corrupt);
    EXPECT_EQ(with(&Bitmap::height, 2), base::ErrorCode::Corrupt);
    EXPECT_EQ(with(&Bitmap::height, std::numeric_limits<std::int32_t>::min()), base::ErrorCode::Corrupt);
    const Bitmap beyond{.bits = 8, .pixels = std::string("\5\0\0\0", 4), .palette = "1230"};
    EXPECT_EQ(refusal(beyond.bytes()), base::ErrorCode::Corrupt);
}

TEST(Bmp, CutAnywhereItIsCorrupt) {
    const auto whole = Bitmap{.width = 2, .pixels = kBlueRed}.bytes();
    for (std::size_t size = 2; size < whole.size(); ++size)
        EXPECT_EQ(refusal(whole.substr(0, size)), base::ErrorCode::Corrupt) << size;
}

}  // namespace lorikeet::io
