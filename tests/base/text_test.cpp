#include "base/text.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {

TEST(Text, TrimmingWhatDoesNotLastGivesAStringOfItsOwn) {
    const auto trimmed = trim(std::string("  a name that is longer than a small string  "));
    static_assert(std::is_same_v<decltype(trimmed), const std::string>);
    EXPECT_EQ(trimmed, "a name that is longer than a small string");
}

TEST(Text, TrimsAndSplits) {
    EXPECT_EQ(trim("  a b\r\n"), "a b");
    EXPECT_EQ(split("a, b,,c", ","), (std::vector<std::string>{"a", " b", "", "c"}));
}

TEST(Text, KnowsUtf8) {
    EXPECT_TRUE(is_utf8("plain"));
    EXPECT_TRUE(is_utf8("鸚鵡 Ä \xF0\x9F\xA6\x9C"));
    EXPECT_FALSE(is_utf8("\xE9"));              // Latin-1
    EXPECT_FALSE(is_utf8("a\xC3"));             // cut off
    EXPECT_FALSE(is_utf8("\xC0\xAF"));          // overlong
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // a surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond the last code point
}

TEST(Text, FindsTheNearestWord) {
    const std::vector<std::string> known{"adamw", "lion", "prodigy"};
    EXPECT_EQ(nearest("prodgy", known), "prodigy");
    EXPECT_EQ(nearest("adawm", known), "adamw");
    EXPECT_EQ(nearest("something", known), std::nullopt);
}

TEST(Text, SaysSizesAndTimesForPeople) {
    EXPECT_EQ(human_bytes(4'270'000'000), "4.27 GB");
    EXPECT_EQ(human_seconds(3725), "1 h 02 min");
    EXPECT_EQ(human_seconds(61.2), "1 min 01 s");
}

TEST(Text, CountsInTheSingularAndThePlural) {
    EXPECT_EQ(counted(std::int64_t{0}, "step"), "0 steps");
    EXPECT_EQ(counted(std::int64_t{1}, "step"), "1 step");
    EXPECT_EQ(counted(std::size_t{2}, "step"), "2 steps");
    EXPECT_EQ(counted(std::size_t{1}, "entry", "entries"), "1 entry");
    EXPECT_EQ(counted(std::size_t{3}, "entry", "entries"), "3 entries");
}

}  // namespace lorikeet::base
