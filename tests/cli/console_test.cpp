#include "cli/console.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace lorikeet::cli {

TEST(Console, CountsColumnsAsATerminalDoes) {
    EXPECT_EQ(columns_of("perch"), 5);
    EXPECT_EQ(columns_of("鸚鵡"), 4);
    EXPECT_EQ(columns_of("é"), 1);
    EXPECT_EQ(columns_of("e\xCC\x81"), 1);  // an accent of its own takes no column
}

TEST(Console, CutsBetweenLettersAndSaysSo) {
    EXPECT_EQ(fit("perch", 5), "perch");
    EXPECT_EQ(fit("a perch", 6), "a p...");
    EXPECT_EQ(fit("鸚鵡鸚鵡", 6), "鸚...");
    EXPECT_EQ(fit("perch", 2), "..");
}

TEST(Console, APipeIsNoTerminal) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const Screen screen = screen_of(ends[1]);
    EXPECT_FALSE(screen.live);
    EXPECT_FALSE(screen.colour);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(Console, NoColourMeansTheTextAlone) {
    EXPECT_EQ(inked(Ink::Red, "x", {true, false, true, 80}), "x");
    EXPECT_EQ(inked(Ink::Red, "x", {true, true, true, 80}), "\x1b[31mx\x1b[0m");
}

}  // namespace lorikeet::cli
