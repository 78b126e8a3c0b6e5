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
    for (const auto* wrong :
         {"", "a", "1,,2", "0,5", "0; 1,200", "1;;2", "nan", "11", "0,0,0,0,0,0,0,0,0,0,0,0,0"})
        EXPECT_FALSE(strengths_from(wrong).has_value()) << wrong;
}

}  // namespace lorikeet::widgets
