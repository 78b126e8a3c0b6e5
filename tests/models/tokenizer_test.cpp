#include "models/tokenizer.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/golden_file.hpp"
#include "models/token_cases.hpp"
#include "models/unicode.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::models {

namespace {

const Tokenizer& the_tokenizer() {
    static const Tokenizer read = Tokenizer::from_file(default_vocabulary());
    return read;
}

constexpr TextOptions kAsWritten{.cleaning = settings::TextCleaning::None};

std::vector<std::int64_t> encode(std::string_view text) { return the_tokenizer().encode(text, kAsWritten); }

}  // namespace

TEST(TokenizerGolden, ReadsHostileTextsAsTransformersDoes) {
    const auto cases = cases_of(golden("tokenizer"));
    ASSERT_GT(cases.size(), 1000U);
    for (const auto& one : cases) ASSERT_EQ(encode(one.text), one.ids) << "'" << one.text << "'";
}

TEST(TokenizerGolden, ReadsEveryCodePointAsTransformersDoes) {
    constexpr char32_t kBlock = 256;
    const auto wanted = ids_of(golden("tokenizer").get("fingerprints"));
    ASSERT_EQ(wanted.size(), 0x110000 / kBlock);
    for (char32_t begin = 0; begin < 0x110000; begin += kBlock) {
        std::u32string text;
        for (auto point = begin; point < begin + kBlock; ++point) {
            if (point >= 0xD800 && point < 0xE000) continue;
            text += {U' ', point, U' ', U'a', point, U'\u0301', U'e'};
        }
        std::int64_t number = 0;
        for (const auto id : encode(unicode::to_utf8(text))) {
            number = (number * 31 + id + 1) % ((std::int64_t{1} << 31) - 1);
        }
        EXPECT_EQ(number, wanted[begin / kBlock]) << fmt::format("U+{:04X}", static_cast<unsigned>(begin));
    }
}

TEST(TokenizerGolden, CutsLongCaptionsIntoChunksOfTheReferencesIds) {
    const auto file = golden("tokenizer");
    auto cases = cases_of(file);
    const auto by_hand = std::stoul(file.metadata().at("by_hand"));
    for (const auto max_tokens : {75, 150, 225}) {
        const auto padded = file.get("padded_" + std::to_string(max_tokens + 2)).to(at::kLong);
        for (std::int64_t i = 0; i < padded.size(0); ++i) {
            const auto& text = cases[by_hand - static_cast<std::size_t>(padded.size(0) - i)].text;
            const auto chunks = the_tokenizer().chunks(text, {max_tokens, settings::TextCleaning::None});
            ASSERT_EQ(chunks.sizes(), (at::IntArrayRef{max_tokens / 75, 77}));
            // Chunk n holds the reference's ids 1 + 75 n ..., between its first and its last.
            EXPECT_TRUE(at::equal(chunks.narrow(1, 1, 75).flatten(), padded[i].narrow(0, 1, max_tokens)))
                << text;
            EXPECT_TRUE(chunks.select(1, 0).eq(padded[i][0]).all().item<bool>());
            EXPECT_TRUE(chunks.select(1, 76).eq(padded[i][-1]).all().item<bool>());
        }
    }
}

TEST(Tokenizer, CountsBytesThatAreNotUtf8AsUnknownCharacters) {
    EXPECT_EQ(encode("a\xff\xc3 b"), encode("a\uFFFD\uFFFD b"));
    EXPECT_EQ(encode("\xed\xa0\x80"), encode("\uFFFD\uFFFD\uFFFD"));
    EXPECT_EQ(encode("\xc0\xaf"), encode("\uFFFD\uFFFD"));
}

TEST(Tokenizer, ALongWordCostsLittle) {
    std::string word;
    for (int i = 0; i < 200'000; ++i) word += static_cast<char>('a' + i * 7 % 26);
    EXPECT_GT(encode(word).size(), 1000U);
}

TEST(Tokenizer, RefusesALengthThatNoTrainerUses) {
    EXPECT_THROW(the_tokenizer().chunks("a cat", {77}), base::Error);
    EXPECT_THROW(the_tokenizer().chunks("a cat", {0}), base::Error);
}

TEST(Tokenizer, AnEmptyCaptionIsBeginAndEnds) {
    const auto ids = the_tokenizer().chunks("", {});
    EXPECT_EQ(ids[0][0].item<std::int64_t>(), Tokenizer::kBegin);
    EXPECT_TRUE(ids.narrow(1, 1, 76).eq(Tokenizer::kEnd).all().item<bool>());
}

TEST(Tokenizer, SaysWhichFileIsNotAVocabulary) {
    const support::TempFolder folder;
    const auto path = folder.path() / "words.txt.gz";
    base::write_whole(path, "not packed");
    try {
        Tokenizer::from_file(path);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
        EXPECT_NE(std::string(error.what()).find("words.txt.gz"), std::string::npos);
    }
}

}  // namespace lorikeet::models
