#include "io/png_text.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/error.hpp"
#include "io/golden_file.hpp"

namespace lorikeet::io {
namespace {

std::span<const std::byte> png_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string big_endian_word(unsigned long number) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(number >> shift & 0xFFU);
    return bytes;
}

std::string chunk_of(const std::string& type, const std::string& data) {
    const auto body = type + data;
    return big_endian_word(data.size()) + body +
           big_endian_word(
               ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
}

std::string packed(const std::string& text) {
    std::string bytes(::compressBound(text.size()), '\0');
    auto size = static_cast<uLongf>(bytes.size());
    ::compress(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
               text.size());
    bytes.resize(size);
    return bytes;
}

// Header, these chunks, end.
std::string png_with(const std::string& chunks) {
    return "\x89PNG\r\n\x1a\n" + chunk_of("IHDR", std::string(13, '\0')) + chunks + chunk_of("IEND", "");
}

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

TEST(PngText, EachOfTheThreeKindsIsRead) {
    using namespace std::string_literals;
    const auto png = png_with(chunk_of("tEXt", "Title\0Gr\xfc\xdf"s) +
                              chunk_of("zTXt", "Note\0\0"s + packed("small")) +
                              chunk_of("iTXt", "Plain\0\0\0en\0\0größer"s) +
                              chunk_of("iTXt", "Packed\0\1\0\0\0"s + packed("größer")));
    EXPECT_EQ(png_texts(png_bytes(png)),
              (PngTexts{{"Title", "Grüß"}, {"Note", "small"}, {"Plain", "größer"}, {"Packed", "größer"}}));
}

TEST(PngText, TheLastOfOneKeywordWinsAndWhatCannotBeReadIsLeftOut) {
    using namespace std::string_literals;
    const auto png = png_with(chunk_of("tEXt", "a\0one"s) + chunk_of("tEXt", "a\0two"s) +
                              chunk_of("zTXt", "b\0\0no deflate"s) + chunk_of("zTXt", "c\0\1other method"s) +
                              chunk_of("iTXt", "d\0\0"s) + chunk_of("tEXt", "no keyword") +
                              chunk_of("zTXt", "e\0\0"s + packed(std::string(17'000'000, 'x'))));
    EXPECT_EQ(png_texts(png_bytes(png)), (PngTexts{{"a", "two"}}));
}

TEST(PngText, WhatIsWrittenIsReadAgainBesideWhatWasThere) {
    const auto png = png_with(chunk_of("tEXt", std::string("old\0kept", 8)));
    const auto more = with_png_texts(png_bytes(png), {{"prompt", "a parrot\nwith a hat"}, {"place", "Köln"}});
    EXPECT_EQ(png_texts(png_bytes(more)),
              (PngTexts{{"old", "kept"}, {"prompt", "a parrot\nwith a hat"}, {"place", "Köln"}}));
}

TEST(PngText, WhatIsNoPngIsToldApartFromADamagedOne) {
    const auto code_of = [](const std::string& bytes) {
        try {
            with_png_texts(png_bytes(bytes), {{"prompt", "a parrot"}});
        } catch (const base::Error& error) {
            return error.code();
        }
        return base::ErrorCode::Internal;
    };
    EXPECT_EQ(code_of("\xff\xd8\xff a JPEG"), base::ErrorCode::Unsupported);
    EXPECT_EQ(code_of("\x89PNG\r\n\x1a\n" + chunk_of("IEND", "")), base::ErrorCode::Corrupt);
}

}  // namespace lorikeet::io
