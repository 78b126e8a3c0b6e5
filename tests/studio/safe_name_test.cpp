#include "studio/safe_name.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace lorikeet::studio {

TEST(SafeName, WhatIsSafeStays) {
    for (const auto* name : {"a.png", "my bird's (2).png", "gr\u00fcn.png",
                             "\u9ce5 \U0001F468\u200D\U0001F33E.webp", "com", "console.txt"})
        EXPECT_EQ(safe_name(name), name);
}

TEST(SafeName, WhatAFileSystemRefusesIsReplaced) {
    EXPECT_EQ(safe_name("a:b?.png"), "a_b_.png");
    EXPECT_EQ(safe_name("a/b\\c"), "a_b_c");
    EXPECT_EQ(safe_name("tab\there\x7f"), "tab_here_");
    EXPECT_EQ(safe_name("turned\u202Egnp.exe"), "turned_gnp.exe");
    EXPECT_EQ(safe_name("bird. . ."), "bird");
    EXPECT_EQ(safe_name("  bird"), "bird");
    EXPECT_EQ(safe_name(".hidden"), "_hidden");
    EXPECT_EQ(safe_name(".."), "_");
    EXPECT_EQ(safe_name(""), "_");
    EXPECT_EQ(safe_name("\xff.png"), "_.png");
}

TEST(SafeName, NamesOfWindowsAreNotTaken) {
    EXPECT_EQ(safe_name("CON"), "_CON");
    EXPECT_EQ(safe_name("nul.tar.gz"), "_nul.tar.gz");
    EXPECT_EQ(safe_name("lpt1.png"), "_lpt1.png");
}

TEST(SafeName, ALongNameIsCutAndKeepsItsEnding) {
    std::string name;
    for (int i = 0; i < 100; ++i) name += "\u9ce5";
    const auto safe = safe_name(name + ".png");
    EXPECT_LE(safe.size(), 200u);
    EXPECT_TRUE(base::is_utf8(safe));
    EXPECT_TRUE(safe.ends_with("\u9ce5.png"));
}

TEST(SafeName, TwoNamesThatAFileSystemTakesForOneHaveOneKey) {
    EXPECT_EQ(name_key("Bird.PNG"), name_key("bird.png"));
    EXPECT_EQ(name_key("gr\u00fcn"), name_key("gru\u0308n"));
    EXPECT_EQ(name_key("GR\u00dcN"), name_key("gru\u0308n"));
    EXPECT_NE(name_key("bird"), name_key("birds"));
}

}  // namespace lorikeet::studio
