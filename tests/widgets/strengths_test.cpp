#include "widgets/strengths.hpp"

#include <gtest/gtest.h>

namespace lorikeet::widgets {

TEST(Strengths, AreNumbersWithCommas) {
    EXPECT_EQ(strengths_from("0, 0.5,1"), (std::vector<double>{0, 0.5, 1}));
    EXPECT_EQ(strengths_from("-1"), std::vector<double>{-1});
    EXPECT_EQ(strengths_from("0,5; 1"), (std::vector<double>{0.5, 1})) << "a decimal comma";
    EXPECT_EQ(strengths_from("0,5, 1"), (std::vector<double>{0.5, 1}));
    EXPECT_EQ(strengths_from("0; 0.5,1"), (std::vector<double>{0, 0.5, 1})) << "as a setting is read";
    EXPECT_EQ(strengths_from("0, 1"), (std::vector<double>{0, 1}));
    EXPECT_EQ(strengths_from("1 2"), (std::vector<double>{1, 2})) << "blanks part them too";
    EXPECT_EQ(strengths_from("0,5 1"), (std::vector<double>{0.5, 1}));
    EXPECT_EQ(strengths_from(" 0.5, "), std::vector<double>{0.5});
    for (const auto* wrong :
         {"", "a", "1,,2", "0,5", "0; 1,200", "1;;2", "nan", "11", "0,0,0,0,0,0,0,0,0,0,0,0,0"})
        EXPECT_FALSE(strengths_from(wrong).has_value()) << wrong;
}

TEST(Strengths, WhatCanMeanTwoThingsIsToldWithBoth) {
    EXPECT_EQ(trouble_with_strengths("0, 1"), "");
    EXPECT_EQ(trouble_with_strengths("0,5"), "0,5 can mean two things. Write 0.5, or 0, 5.");
    EXPECT_TRUE(trouble_with_strengths("0,5,1").starts_with("0,5,1 can mean two things. Write 0, 5, 1,"));
    EXPECT_TRUE(trouble_with_strengths("a").starts_with("Write numbers"));
    EXPECT_TRUE(trouble_with_strengths("").starts_with("Write numbers"));
}

}  // namespace lorikeet::widgets
