// What tools/cleaning_tables.py wrote about HTML's named characters.
#include <string>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "models/cleaning_tables.hpp"

namespace lorikeet::models {

TEST(HtmlEntities, AreNamesAndCodePointsInHex) {
    std::size_t count = 0;
    for (const auto& word : base::split(std::string(kHtmlEntities), " ")) {
        if (word.empty()) continue;
        const auto equals = word.find('=');
        ASSERT_NE(equals, std::string::npos) << word;
        EXPECT_LE(equals, 25U) << word;
        EXPECT_EQ(word.find_first_not_of("0123456789ABCDEF+", equals + 1), std::string::npos) << word;
        ++count;
    }
    EXPECT_GT(count, 2000U);
}

TEST(HtmlEntities, HoldThoseThatEverybodyWrites) {
    const auto table = " " + std::string(kHtmlEntities);
    for (const auto* one : {" amp^=26 ", " lt^=3C ", " eacute=E9 ", " EACUTE=C9 ", " nGt=226B+20D2 "})
        EXPECT_NE(table.find(one), std::string::npos) << one;
    EXPECT_NE(table.find(" hellip^="), std::string::npos) << "the same in capitals";
}

}  // namespace lorikeet::models
