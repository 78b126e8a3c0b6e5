#include "base/tag_syntax.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {

TEST(TagSyntax, KeysAreTheSameForTheSameTag) {
    for (const auto* tag : {"Long_Hair", "(long hair:1.2)", "((long hair))", "[long_hair]", " long hair "})
        EXPECT_EQ(tag_key(tag), "long hair") << tag;
    EXPECT_EQ(tag_key("nami \\(one piece\\)"), "nami (one piece)");
    EXPECT_EQ(tag_key("nami (one piece)"), "nami (one piece)");
    EXPECT_EQ(tag_key("^_^"), "^_^");
    EXPECT_EQ(without_emphasis("(o)_(o)"), "(o)_(o)");
    EXPECT_EQ(without_emphasis("(a)(b)"), "(a)(b)");
    EXPECT_EQ(without_emphasis("(fate:stay night)"), "fate:stay night");
    EXPECT_EQ(without_emphasis("()"), "()");
}

TEST(TagSyntax, AStarStandsForAnything) {
    for (const auto* wanted : {"*", "long hair", "long*", "*hair", "l*g*r", "**hair"})
        EXPECT_TRUE(tag_matches(wanted, "long hair")) << wanted;
    for (const auto* wanted : {"", "hair", "long", "*hat", "long hair*x", "longer*"})
        EXPECT_FALSE(tag_matches(wanted, "long hair")) << wanted;
    EXPECT_FALSE(tag_matches("girl", "1girl"));
    EXPECT_TRUE(tag_matches("", ""));
}

TEST(TagSyntax, UnderscoresBecomeBlanksButNotInFaces) {
    EXPECT_EQ(with_blanks("long_hair"), "long hair");
    EXPECT_EQ(with_blanks("hatsune_miku_(vocaloid)"), "hatsune miku (vocaloid)");
    for (const auto* face : {"^_^", ">_<", "(o)_(o)", "<|>_<|>", "||_||", "<o>_<o>", "._.", "c_c"})
        EXPECT_EQ(with_blanks(face), face);
    EXPECT_EQ(with_blanks("\xC3\xA9_\xC3\xA8"), "\xC3\xA9_\xC3\xA8") << "three letters";
    EXPECT_EQ(with_blanks("\xC3\xA9t\xC3\xA9_a"), "\xC3\xA9t\xC3\xA9 a");
}

}  // namespace lorikeet::base
