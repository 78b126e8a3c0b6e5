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

TEST(JournalFile, ADamagedOneIsMovedAsideAndTheOneBeforeItCounts) {
    const support::TempFolder folder;
    const auto first = keep_change(folder.path(), {"first", {}, {{"a.txt", "x", "y"}}});
    const auto second = keep_change(folder.path(), {"second", {}, {{"a.txt", "y", "z"}}});
    base::write_whole(journal_file(folder.path(), second), "{ half of it");
    const auto kept = last_kept(folder.path());
    ASSERT_TRUE(kept.has_value());
    EXPECT_EQ(kept->number, first);
    EXPECT_EQ(kept->change.what, "first");
    EXPECT_EQ(journal_changes(folder.path()), std::vector<std::uint64_t>{first});
    std::size_t aside = 0;
    for (const auto& entry : std::filesystem::directory_iterator(journal_of(folder.path())))
        aside += entry.path().filename().string().find(".json.damaged-") != std::string::npos;
    EXPECT_EQ(aside, 1U) << "nothing is thrown away";
}

TEST(JournalFile, TheOldestOfMoreThanTwoHundredGoes) {
    const support::TempFolder folder;
    for (int i = 0; i < 202; ++i) keep_change(folder.path(), {"change", {}, {{"a.txt", "x", "y"}}});
    const auto numbers = journal_changes(folder.path());
    ASSERT_EQ(numbers.size(), 200U);
    EXPECT_EQ(numbers.front(), 3U);
    EXPECT_EQ(numbers.back(), 202U);
}

}  // namespace lorikeet::studio
