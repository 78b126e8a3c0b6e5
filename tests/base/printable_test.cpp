#include "base/printable.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace lorikeet::base {
namespace {

TEST(Printable, LeavesOrdinaryTextAsItIs) {
    for (const std::string text :
         {"", "lora_unet_mid", "Grüße, ♂ 小鳥 🦜", "C:\\temp\\new", "a\\x1b", "é"})
        EXPECT_EQ(printable(text), text);
}

TEST(Printable, ShowsWhatATerminalWouldObey) {
    EXPECT_EQ(printable("a\x1b[31mred\x1b[0m"), "a\\x1b[31mred\\x1b[0m");
    EXPECT_EQ(printable(std::string("a\0b\a\b\x7f", 6)), "a\\x00b\\x07\\x08\\x7f");
    EXPECT_EQ(printable("one\r\ntwo\tthree"), "one\\r\\ntwo\\tthree");
    EXPECT_EQ(printable("\xC2\x9B"
                        "31m"),
              "\\x9b31m")
        << "the C1 codes are obeyed as well";
}

TEST(Printable, ShowsWhatWouldTurnTheTextAround) {
    EXPECT_EQ(printable("a\u202Egnp.b\u2066c\u2029"), "a\\u202egnp.b\\u2066c\\u2029");
}

TEST(Printable, ShowsBytesThatAreNoUtf8) {
    EXPECT_EQ(printable("caf\xE9.png"), "caf\\xe9.png");
    EXPECT_EQ(printable("\x93\xFA\x96{"), "\\x93\\xfa\\x96{");
    EXPECT_EQ(printable("\xED\xA0\x80"
                        "\xF0\x9F"),
              "\\xed\\xa0\\x80\\xf0\\x9f");
}

TEST(Printable, KeepsTheLinesOfOurOwnTexts) {
    EXPECT_EQ(printable("one\ntwo\x1b", LineBreaks::Keep), "one\ntwo\\x1b");
}

TEST(Printable, IsUtf8AndStaysAsItIsWhenDoneAgain) {
    std::uint32_t state = 7;
    for (int round = 0; round < 50; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i)
            text += static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
        const auto once = printable(text);
        EXPECT_TRUE(is_utf8(once));
        EXPECT_EQ(printable(once), once);
        for (const char c : once) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7F);
    }
}

TEST(Printable, CutsBetweenCharacters) {
    EXPECT_EQ(printable_start("小鳥小鳥", 2), "小鳥...");
    EXPECT_EQ(printable_start("ab\n", 3), "ab\\n");
    EXPECT_EQ(printable_start("abc", 0), "...");
}

}  // namespace
TEST(Visible, IsWhatHasMoreThanBlanksAndMarksWithoutInk) {
    for (const std::string text : {"", " ", "\u200b", "\u00a0\u2003\u3000", "\u2060\ufeff", "\u00ad",
                                   "\u202e\u202c", "\t\n", "\ufe0f", "\u3164", "\u2800", "\U000e0041"})
        EXPECT_FALSE(is_visible(text)) << printable(text);
    for (const std::string text : {"a", "\u200ba", "\u9e1a", "\xff", "\U0001f99c", "-"})
        EXPECT_TRUE(is_visible(text)) << printable(text);
    EXPECT_EQ(without_invisible("b\u200bi\u00adrd\ufeff"), "bird");
    EXPECT_EQ(without_invisible("a b\xff"), "a b\xff");
}

}  // namespace lorikeet::base
