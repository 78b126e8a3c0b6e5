// What tools/cleaning_tables.py wrote about single letters, and how its tables lie.
#include "models/cleaning_tables.hpp"

#include <gtest/gtest.h>

#include "models/unicode_tables.hpp"

namespace lorikeet::models {

TEST(CleaningTables, RangesAscend) {
    for (const auto table : {kCased, kBetweenCased})
        for (std::size_t i = 0; i < table.size(); i += 2) {
            EXPECT_LE(table[i], table[i + 1]);
            if (i > 0) {
                EXPECT_LT(table[i - 1], table[i]);
            }
        }
    EXPECT_TRUE(unicode::is_in(kCased, U'a') && unicode::is_in(kCased, U'\u03A3'));
    EXPECT_TRUE(unicode::is_in(kBetweenCased, U'\'') && unicode::is_in(kBetweenCased, U'\u0301'));
    EXPECT_FALSE(unicode::is_in(kCased, U'1') || unicode::is_in(kBetweenCased, U'1'));
}

TEST(CleaningTables, EachReplacementSaysHowLongItIs) {
    for (const auto table : {kLigatures, kWidths}) {
        std::size_t i = 0;
        for (; i < table.size(); i += 2 + table[i + 1]) EXPECT_LE(table[i + 1], 3U);
        EXPECT_EQ(i, table.size());
    }
}

}  // namespace lorikeet::models
