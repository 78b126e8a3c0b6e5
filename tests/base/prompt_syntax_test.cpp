#include "base/prompt_syntax.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {

TEST(PromptSyntax, EscapedBracketsArePlainOnes) {
    EXPECT_EQ(unescape_brackets(R"(lorikeet \(bird\), green wing)"), "lorikeet (bird), green wing");
    EXPECT_EQ(unescape_brackets(R"(\[x\] a\b c\)"), R"([x] a\b c\)");
    EXPECT_EQ(unescape_brackets("plain"), "plain");
}

TEST(PromptSyntax, WeightsAreFound) {
    EXPECT_EQ(first_weight("a (red bird:1.3), sky"), "(red bird:1.3)");
    EXPECT_EQ(first_weight("a ((red bird)), sky"), "((red bird))");
    EXPECT_EQ(first_weight("((a) b:1.2)"), "((a) b:1.2)");
    for (const auto* none :
         {"a bird (seen from above)", R"(lorikeet \(bird:1.2\))", "(ratio: many)", "(", "(:)", "((", ")("})
        EXPECT_EQ(first_weight(none), "") << none;
}

TEST(PromptSyntax, BracketsThatAreNoWeightAreFound) {
    EXPECT_EQ(first_bare_brackets("(red:1.3), a bird (seen from above)"), "(seen from above)");
    for (const auto* none : {"((a) b:1.2)", R"(lorikeet \(bird\))", "a", "("})
        EXPECT_EQ(first_bare_brackets(none), "") << none;
}

TEST(PromptSyntax, WildcardsAreFound) {
    EXPECT_EQ(first_wildcard("a {red|blue} bird"), "{red|blue}");
    EXPECT_EQ(first_wildcard("a __colour__ bird"), "__colour__");
    for (const auto* none : {"a {red} bird", "__", "____", "a __ b __", "snake_case", "{a|"})
        EXPECT_EQ(first_wildcard(none), "") << none;
}

}  // namespace lorikeet::base
