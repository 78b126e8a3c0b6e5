#include "io/png_text.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/golden_file.hpp"

namespace lorikeet::io {
namespace {

std::span<const std::byte> png_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST(PngTextGolden, ACutOrDamagedFileIsAnError) {
    const auto plain = golden_text(golden("image"), "file.png.plain");
    const auto png = with_png_texts(png_bytes(plain), {{"prompt", "a parrot"}});
    EXPECT_EQ(png_texts(png_bytes(png)).at("prompt"), "a parrot");
    for (std::size_t length = 0; length < png.size(); ++length)
        EXPECT_THROW(png_texts(png_bytes(png.substr(0, length))), base::Error) << length;
    auto flipped = png;
    flipped[45] = static_cast<char>(flipped[45] ^ 1);
    EXPECT_THROW(png_texts(png_bytes(flipped)), base::Error);
}

TEST(PngTextGolden, AKeywordThatPngDoesNotAllowIsRefused) {
    const auto png = golden_text(golden("image"), "file.png.plain");
    for (const std::string key : {"", " x", "x ", "größe", "a\nb"})
        EXPECT_THROW(with_png_texts(png_bytes(png), {{key, "text"}}), base::Error) << key;
    EXPECT_THROW(with_png_texts(png_bytes(png), {{std::string(80, 'k'), "text"}}), base::Error);
}

}  // namespace lorikeet::io
