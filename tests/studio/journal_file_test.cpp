#include "studio/journal_file.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(JournalFile, KnowsWhatIsBegunWhatIsDoneAndWhatIsLeft) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a.png", "a");
    const DatasetChange change{"moved", {{"a.png", "b.png"}, {"b.png", "c.png"}}, {{"a.txt", "x", "y"}}};
    const auto number = keep_change(folder.path(), change);
    auto kept = last_kept(folder.path()).value();
    EXPECT_TRUE(kept.begun);
    EXPECT_EQ(kept.files[0], inode_of(folder.path() / "a.png"));
    EXPECT_EQ(kept.files[1], kept.files[0]) << "the same file, moved on";
    EXPECT_EQ(kept.change.texts[0].after, "y");
    end_kept(folder.path(), number);
    EXPECT_FALSE(last_kept(folder.path())->begun);
    keep_rest(folder.path(), number, {"moved, in part", {{"a.png", "b.png"}}, {}});
    kept = last_kept(folder.path()).value();
    EXPECT_EQ(kept.change.what, "moved, in part");
    EXPECT_EQ(kept.change.moves.size(), 1U);
    keep_rest(folder.path(), number, {"moved", {}, {}});
    EXPECT_FALSE(last_kept(folder.path()).has_value());
    EXPECT_EQ(inode_of(folder.path() / "nowhere"), 0U);
}

}  // namespace lorikeet::studio
