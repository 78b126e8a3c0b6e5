// How texts become points and back. Kinds, lower case and composition are in the tests of their tables.
#include "models/unicode.hpp"

#include <gtest/gtest.h>

namespace lorikeet::models::unicode {
namespace {

// So many bytes that are none of UTF-8.
std::u32string unknown(std::size_t count) { return std::u32string(count, U'\uFFFD'); }

}  // namespace

TEST(Unicode, EveryPointComesBackFromItsBytes) {
    std::u32string all;
    for (char32_t point = 0; point <= 0x10FFFF; ++point)
        if (point < 0xD800 || point >= 0xE000) all += point;
    EXPECT_EQ(to_points(to_utf8(all)), all);
}

TEST(Unicode, APointHasTheBytesOfTheStandard) {
    EXPECT_EQ(to_utf8(U"\x7F"), "\x7F");
    EXPECT_EQ(to_utf8(U"\u0080"), "\xC2\x80");
    EXPECT_EQ(to_utf8(U"\u07FF\u0800"), "\xDF\xBF\xE0\xA0\x80");
    EXPECT_EQ(to_utf8(U"\uFFFF"), "\xEF\xBF\xBF");
    EXPECT_EQ(to_utf8(U"\U00010000\U0010FFFF"), "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
    EXPECT_EQ(to_points("鸚 e\xCC\x81"), U"鸚 e\u0301");
    EXPECT_EQ(to_points(std::string("a\0b", 3)), std::u32string({U'a', 0, U'b'}));
    EXPECT_EQ(to_points(""), U"");
}

// One for each byte, also of what begins like a sequence.
TEST(Unicode, EveryByteThatIsNoUtf8IsOneUnknownCharacter) {
    EXPECT_EQ(to_points("a\xFF"
                        "b"),
              U"a\uFFFDb");
    EXPECT_EQ(to_points("\x80\xBF"), unknown(2));  // continuations of nothing
    EXPECT_EQ(to_points("\xC0\xAF"), unknown(2));  // a slash in two bytes
    EXPECT_EQ(to_points("\xC1\xBF"), unknown(2));
    EXPECT_EQ(to_points("\xE0\x80\xAF"), unknown(3));      // and in three
    EXPECT_EQ(to_points("\xF0\x80\x80\xAF"), unknown(4));  // and in four
    EXPECT_EQ(to_points("\xED\xA0\x80"), unknown(3));      // half of a pair of UTF-16
    EXPECT_EQ(to_points("\xED\x9F\xBF"), U"\uD7FF");       // the last point before those
    EXPECT_EQ(to_points("\xF4\x90\x80\x80"), unknown(4));  // beyond the last point
    EXPECT_EQ(to_points("\xF5\x80\x80\x80"), unknown(4));
}

TEST(Unicode, ASequenceThatIsCutTakesNothingOfWhatFollows) {
    EXPECT_EQ(to_points("\xE9\xB8"), unknown(2));
    EXPECT_EQ(to_points("\xE9\xB8z"), U"\uFFFD\uFFFDz");
    EXPECT_EQ(to_points("\xF0\x9F\xA6"
                        "\xC3\xA9"),
              U"\uFFFD\uFFFD\uFFFDé");
    EXPECT_EQ(to_points("\xC3"), unknown(1));
}

// Hangul by arithmetic: the syllable of lead l, vowel v and trail t is AC00 + (l 21 + v) 28 + t.
TEST(Unicode, EverySyllableIsWhatItsPartsMake) {
    for (unsigned lead = 0; lead < 19; ++lead)
        for (unsigned vowel = 0; vowel < 21; ++vowel)
            for (unsigned trail = 0; trail < 28; ++trail) {
                std::u32string parts{0x1100 + lead, 0x1161 + vowel};
                if (trail > 0) parts += 0x11A7 + trail;
                const std::u32string whole(1, 0xAC00 + (lead * 21 + vowel) * 28 + trail);
                ASSERT_EQ(to_composed(parts), whole) << lead << " " << vowel << " " << trail;
                ASSERT_EQ(to_composed(whole), whole);
            }
    EXPECT_EQ(to_composed(U"\u1113\u1161"), U"\u1113\u1161") << "beyond the last lead";
    EXPECT_EQ(to_composed(U"\u1112\u1161\u11A7"), U"\uD558\u11A7") << "before the first trail";
}

}  // namespace lorikeet::models::unicode
