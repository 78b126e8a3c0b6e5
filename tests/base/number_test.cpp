#include "base/number.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {

TEST(Number, IsReadWithBlanksAndAPlusAroundIt) {
    for (const auto& [text, value] : {std::pair{"5", 5.0},
                                      {" 5 ", 5.0},
                                      {"+5", 5.0},
                                      {"-0.5", -0.5},
                                      {"5.", 5.0},
                                      {".5", 0.5},
                                      {"1e-3", 1e-3},
                                      {"1E3", 1e3},
                                      {"1e-310", 1e-310}}) {
        EXPECT_EQ(try_number(text), value) << text;
        EXPECT_EQ(trouble_with_number(text), "") << text;
    }
    EXPECT_EQ(trouble_with_number("9223372036854775807", Numeral::Whole), "");
}

TEST(Number, WhatKeepsATextFromBeingOneIsSaidPlainly) {
    for (const auto& [text, part] : {std::pair{"1e-400", "nearer to zero"},
                                     {"-1e-400", "nearer to zero"},
                                     {"1e400", "larger than any number"},
                                     {"-1e400", "larger than any number"},
                                     {"inf", "not a finite number"},
                                     {"-inf", "not a finite number"},
                                     {"nan", "not a finite number"},
                                     {"0x10", "decimal notation"},
                                     {"0b1", "decimal notation"},
                                     {"1_000", "write 1000"},
                                     {"\u0661\u0662", "other digits than 0 to 9"},
                                     {"\uFF11", "other digits than 0 to 9"},
                                     {"\u22125", "the - of the keyboard"},
                                     {"much", "is not a number"},
                                     {"", "is not a number"},
                                     {"+-5", "is not a number"},
                                     {"1,5", "is not a number"},
                                     {"5 6", "is not a number"},
                                     {"_", "is not a number"}}) {
        EXPECT_FALSE(try_number(text)) << text;
        EXPECT_NE(trouble_with_number(text).find(part), std::string::npos)
            << text << " " << trouble_with_number(text);
    }
    for (const auto& [text, part] : {std::pair{"1e3", "write 1000"},
                                     {"5.", "write 5"},
                                     {"0.5", "is not a whole number"},
                                     {"99999999999999999999", "larger than any whole number"},
                                     {"1e-400", "nearer to zero"}})
        EXPECT_NE(trouble_with_number(text, Numeral::Whole).find(part), std::string::npos) << text;
}

TEST(Number, SizesHaveUnitsOrNone) {
    EXPECT_EQ(try_bytes("1000"), 1000U);
    EXPECT_EQ(try_bytes(" 500 MB "), 500'000'000U);
    EXPECT_EQ(try_bytes("1.5GiB"), 1'610'612'736U);
    EXPECT_EQ(try_bytes("4k"), 4000U);
    EXPECT_EQ(try_bytes("2 Ki"), 2048U);
    EXPECT_EQ(try_bytes("10b"), 10U);
    EXPECT_EQ(try_bytes("0"), 0U);
    for (const auto* none : {"", "-1", "-1MB", "x", "5 x", "5 mbb", "MB", "17EiB", "1e30", "5 i"})
        EXPECT_FALSE(try_bytes(none)) << none;
}

}  // namespace lorikeet::base
