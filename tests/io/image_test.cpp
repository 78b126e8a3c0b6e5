#include "io/image.hpp"

#include <map>
#include <span>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/workers.hpp"
#include "io/golden_file.hpp"
#include "support/rgba_png.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::io {
namespace {

int tolerance_of(const std::string& name) {
    static const std::map<std::string, int> loose{{"png.alpha", 1},
                                                  {"png.grey_alpha", 1},
                                                  {"png.palette_clear", 1},
                                                  {"webp.alpha", 1},
                                                  {"avif.plain", 2}};
    const auto at = loose.find(name);
    return at == loose.end() ? 0 : at->second;
}

std::string reason_not_to_decode(const std::string& bytes) {
    try {
        decode_image(std::as_bytes(std::span(bytes)), "my image.png");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(ImageGolden, EveryKindHasThePixelsThatPillowSees) {
    const auto file = golden("image");
    for (const auto& name : names_in(file)) {
        const auto bytes = golden_text(file, "file." + name);
        const auto made = decode_image(std::as_bytes(std::span(bytes)), name);
        EXPECT_LE(difference(made, golden_image(file, "rgb." + name)), tolerance_of(name)) << name;
    }
    EXPECT_GE(names_in(file).size(), 30U);
}

TEST(ImageGolden, RowsTellWhetherAnImageCanBeSeenThrough) {
    const auto file = golden("image");
    for (const auto& name : names_in(file)) {
        const auto bytes = golden_text(file, "file." + name);
        const auto read = read_rows(std::as_bytes(std::span(bytes)), name,
                                    [](std::int64_t, std::span<const std::uint8_t>) {});
        EXPECT_EQ(read.transparent, name.find("alpha") != name.npos || name.find("clear") != name.npos)
            << name;
    }
}

TEST(ImageGolden, APeekTellsSizeAndKindAsShown) {
    const auto file = golden("image");
    for (const auto& name : names_in(file)) {
        const auto bytes = golden_text(file, "file." + name);
        const auto facts = peek_image(std::as_bytes(std::span(bytes)), name);
        const auto wanted = golden_image(file, "rgb." + name);
        EXPECT_EQ(facts.width_px, wanted.width_px) << name;
        EXPECT_EQ(facts.height_px, wanted.height_px) << name;
        EXPECT_EQ(facts.format, name.substr(0, name.find('.')));
    }
}

TEST(ImageGolden, ACutImageIsNamedWithItsReason) {
    const auto file = golden("image");
    for (const auto& name : names_in(file)) {
        const auto whole = golden_text(file, "file." + name);
        const auto reason = reason_not_to_decode(whole.substr(0, whole.size() * 2 / 5));
        EXPECT_TRUE(reason.starts_with("my image.png does not decode: ")) << name << " said: " << reason;
    }
}

// Whatever is cut or flipped: an image or an Error, never a crash.
TEST(ImageGolden, DamagedBytesGiveAnImageOrAnError) {
    const auto file = golden("image");
    for (const auto& name : names_in(file)) {
        const auto whole = golden_text(file, "file." + name);
        for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 12) {
            auto broken = whole;
            broken[at] = static_cast<char>(broken[at] ^ 0x55);
            reason_not_to_decode(broken);
            EXPECT_NO_FATAL_FAILURE(reason_not_to_decode(whole.substr(0, at)));
        }
    }
}

TEST(ImageGolden, ManyThreadsSeeTheSamePixels) {
    const auto file = golden("image");
    const auto good = golden_text(file, "file.jpeg.plain");
    const auto wanted = golden_image(file, "rgb.jpeg.plain");
    const base::Cancel cancel;
    base::for_each_index(60, 4, cancel, [&](std::size_t i) {
        if (i % 3 == 0)
            EXPECT_NE(reason_not_to_decode(good.substr(0, good.size() / 2)), "");
        else
            EXPECT_EQ(decode_image(std::as_bytes(std::span(good)), "good"), wanted);
    });
}

TEST(Image, WhatIsTransparentGetsTheColourAskedFor) {
    const std::vector<std::uint8_t> rgba{10, 20, 30, 255, 10, 20, 30, 0, 100, 200, 0, 51};
    const auto over = [&](const Background& background) {
        std::vector<std::uint8_t> rows;
        const auto png = support::rgba_png(3, 1, rgba);
        EXPECT_TRUE(
            read_rows(
                std::as_bytes(std::span(png)), "a.png",
                [&](std::int64_t, std::span<const std::uint8_t> row) { rows.assign(row.begin(), row.end()); },
                background)
                .transparent);
        return rows;
    };
    using Row = std::vector<std::uint8_t>;
    EXPECT_EQ(over({0, 0, 0}), (Row{10, 20, 30, 0, 0, 0, 20, 40, 0}));
    EXPECT_EQ(over({200, 100, 50}), (Row{10, 20, 30, 200, 100, 50, 180, 120, 40}));
    EXPECT_EQ(over(kWhiteBackground), (Row{10, 20, 30, 255, 255, 255, 224, 244, 204}));
}

TEST(Image, AlphaIsReadByItself) {
    std::vector<std::uint8_t> rgba, alpha;
    for (int i = 0; i < 6 * 4; ++i) {
        alpha.push_back(static_cast<std::uint8_t>(i * 10));
        for (const int c : {9, 8, 7, i * 10}) rgba.push_back(static_cast<std::uint8_t>(c));
    }
    const auto rows_of = [](const std::string& png, std::vector<std::uint8_t>& rows) {
        return read_alpha_rows(std::as_bytes(std::span(png)), "a.png",
                               [&](std::int64_t y, std::span<const std::uint8_t> row) {
                                   if (y == 0) rows.clear();
                                   rows.insert(rows.end(), row.begin(), row.end());
                               })
            .transparent;
    };
    std::vector<std::uint8_t> rows;
    EXPECT_TRUE(rows_of(support::rgba_png(6, 4, rgba), rows));
    ASSERT_EQ(rows.size(), 3 * alpha.size());
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], alpha[i / 3]) << i;
    EXPECT_FALSE(rows_of(encode_png({2, 1, {1, 2, 3, 4, 5, 6}}), rows));
    EXPECT_EQ(rows, std::vector<std::uint8_t>(6, 255));
}

TEST(Image, WhatIsNoImageIsNamed) {
    EXPECT_EQ(reason_not_to_decode("<html>not found"),
              "my image.png is not an image of a kind that is read.");
    EXPECT_EQ(reason_not_to_decode(""), "my image.png is empty.");
    EXPECT_EQ(reason_not_to_decode("%PDF-1.4 and more of it"),
              "my image.png is not an image of a kind that is read.");
}

TEST(Image, APngComesBackWithItsPixelsAndTexts) {
    const support::TempFolder folder;
    const auto path = folder.path() / "out.png";
    Image image{5, 4, {}};
    for (int i = 0; i < 60; ++i) image.rgb.push_back(static_cast<std::uint8_t>(i * 4));
    const std::map<std::string, std::string> texts{
        {"parameters", "a parrot\nNegative prompt: rain\nSteps: 25"},
        {"Comment", "Größe, 鸚鵡"},
        {"empty", ""}};
    write_png(path, image, texts);
    EXPECT_EQ(read_image(path), image);
    EXPECT_EQ(read_png_text(path), texts);
    EXPECT_EQ(peek_image(path).format, "png");
}

}  // namespace lorikeet::io
