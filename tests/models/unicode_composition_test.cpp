// The tables of canonical composition, as to_composed shows them.
#include <gtest/gtest.h>

#include "models/unicode.hpp"
#include "models/unicode_tables.hpp"

namespace lorikeet::models::unicode {

TEST(UnicodeComposition, ALetterAndItsAccentBecomeOne) {
    EXPECT_EQ(to_composed(U"e\u0301"), U"\u00E9");
    EXPECT_EQ(to_composed(U"a bird"), U"a bird");
    EXPECT_EQ(to_composed(U"A\u0302\u0301"), U"\u1EA4");  // one mark after the other
    EXPECT_EQ(to_composed(U"\u00C2\u0301"), U"\u1EA4");
    EXPECT_EQ(to_composed(U"q\u0301"), U"q\u0301");  // there is no such letter
    EXPECT_EQ(to_composed(U"\u0301e"), U"\u0301e");
}

TEST(UnicodeComposition, MarksAreSortedByTheirClass) {
    EXPECT_EQ(to_composed(U"a\u0301\u0323"), U"\u1EA1\u0301");  // below comes before above
    EXPECT_EQ(to_composed(U"a\u0323\u0301"), U"\u1EA1\u0301");
    EXPECT_EQ(to_composed(U"a\u0301\u0300"), U"\u00E1\u0300");  // of one class: as they stand
    EXPECT_EQ(to_composed(U"a\u0315\u0300"), U"\u00E0\u0315");
}

TEST(UnicodeComposition, WhatStandsForAnotherBecomesIt) {
    EXPECT_EQ(to_composed(U"\u212B"), U"\u00C5");  // Angstrom, the letter
    EXPECT_EQ(to_composed(U"\u2126"), U"\u03A9");  // Ohm, the letter
    EXPECT_EQ(to_composed(U"\uF900"), U"\u8C48");  // of a run of singles
    EXPECT_EQ(to_composed(U"\uF901"), U"\u66F4");
}

TEST(UnicodeComposition, SomeComeApartAndStayApart) {
    EXPECT_EQ(to_composed(U"\u0958"), U"\u0915\u093C");
    EXPECT_EQ(to_composed(U"\u0915\u093C"), U"\u0915\u093C");
    EXPECT_EQ(to_composed(U"\u0344"), U"\u0308\u0301");
}

TEST(UnicodeComposition, HangulIsCountedTogether) {
    EXPECT_EQ(to_composed(U"\u1112\u1161\u11AB"), U"\uD55C");
    EXPECT_EQ(to_composed(U"\u1112\u1161"), U"\uD558");
    EXPECT_EQ(to_composed(U"\uD558\u11AB"), U"\uD55C");
    EXPECT_EQ(to_composed(U"\uD55C\u11AB"), U"\uD55C\u11AB");  // it has its last consonant already
}

// Composed once is composed, whatever follows a letter.
TEST(UnicodeComposition, OnceIsEnough) {
    for (char32_t point = 1; point < 0x3400; ++point) {
        const auto once = to_composed(std::u32string{U'a', point, U'\u0323', U'\u0301', point});
        ASSERT_EQ(to_composed(once), once) << static_cast<unsigned>(point);
    }
}

TEST(UnicodeComposition, RowsAscend) {
    for (const auto& [table, width] : {std::pair(kMarks, 3U), {kComposed, 3U}, {kApartOnly, 3U}}) {
        ASSERT_EQ(table.size() % width, 0U);
        for (std::size_t i = width; i < table.size(); i += width) EXPECT_LT(table[i - width], table[i]);
    }
}

}  // namespace lorikeet::models::unicode
