// The tables of kinds and lower case, as unicode.hpp shows them; tokenizer_test has every code point.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "models/unicode.hpp"
#include "models/unicode_tables.hpp"

namespace lorikeet::models::unicode {

TEST(UnicodeClasses, KindsAreThoseOfTheStandard) {
    const std::pair<CharacterKind, std::u32string> all[] = {
        {CharacterKind::Letter, U"aZß\u00AAא日한\u02B0\U00010400"},
        {CharacterKind::Number, U"09½Ⅷ\u0663\U0001D7D8"},
        {CharacterKind::Space, U" \t\n\u00A0\u2003\u3000"},
        {CharacterKind::Other, U"!_'\u0301\u200B\uFFFD\U0001F426\U0010FFFF"},
    };
    for (const auto& [kind, points] : all)
        for (const auto point : points) EXPECT_EQ(kind_of(point), kind) << static_cast<unsigned>(point);
    EXPECT_EQ(kind_of(0), CharacterKind::Other);
}

TEST(UnicodeClasses, LowerCaseIsPointByPoint) {
    EXPECT_EQ(to_lower(U"BIRD 7"), U"bird 7");
    EXPECT_EQ(to_lower(U"ÄÉ×Þß"), U"äé×þß");  // the sign between the two rows stays
    EXPECT_EQ(to_lower(U"ΣΣ"), U"σσ");        // no other sigma at the end of a word
    EXPECT_EQ(to_lower(U"ДЁ"), U"дё");
    EXPECT_EQ(to_lower(U"ĀāĂă"), U"āāăă");  // every second one is a capital
    EXPECT_EQ(to_lower(U"\U00010400"), U"\U00010428");
    EXPECT_EQ(to_lower(U"İ"), U"i\u0307");
    EXPECT_EQ(to_lower(U"\u212A"), U"k");  // the sign of Kelvin, far from its letter
}

// Rows are searched by halves: one out of order would hide its neighbours.
TEST(UnicodeClasses, RowsOfEveryTableAscendAndDoNotOverlap) {
    for (const auto& [table, width] :
         {std::pair(kLetters, 2U), {kNumbers, 2U}, {kSpaces, 2U}, {kLower, 4U}}) {
        ASSERT_EQ(table.size() % width, 0U);
        ASSERT_GT(table.size(), 0U);
        for (std::size_t i = 0; i < table.size(); i += width) {
            EXPECT_LE(table[i], table[i + 1]);
        }
        for (std::size_t i = width; i < table.size(); i += width) EXPECT_LT(table[i - width + 1], table[i]);
    }
}

}  // namespace lorikeet::models::unicode
