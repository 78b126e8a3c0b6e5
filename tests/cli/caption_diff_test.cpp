#include "cli/caption_diff.hpp"

#include <gtest/gtest.h>

namespace lorikeet::cli {

TEST(CaptionDiff, ShowsTheLinesThatDiffer) {
    EXPECT_EQ(diff_of({"a.txt", "x\nsame\n", "y\nsame\n"}), "a.txt\n    - x\n    + y");
    EXPECT_EQ(diff_of({"a.txt", {}, "new"}), "a.txt\n    + new");
    EXPECT_EQ(diff_of({"a.txt", "old", {}}), "a.txt\n    - old");
}

}  // namespace lorikeet::cli
