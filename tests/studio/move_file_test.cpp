#include "studio/move_file.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(MoveFile, MakesFoldersAndNeverReplaces) {
    support::TempFolder folder;
    const auto a = folder.path() / "a", b = folder.path() / "deep" / "er" / "b";
    base::write_whole(a, "one");
    EXPECT_TRUE(try_move(a, b));
    EXPECT_EQ(base::read_text(b), "one");
    base::write_whole(a, "two");
    EXPECT_FALSE(try_move(a, b));
    EXPECT_EQ(base::read_text(a), "two");
    EXPECT_EQ(base::read_text(b), "one");
    EXPECT_THROW(static_cast<void>(try_move(folder.path() / "none", folder.path() / "c")), base::Error);
}

}  // namespace lorikeet::studio
