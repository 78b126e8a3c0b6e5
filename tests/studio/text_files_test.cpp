#include "studio/text_files.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/small_disk.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

TEST(TextFiles, AreWrittenMadeAndRemovedAndNothingElseIsLeft) {
    support::TempFolder folder;
    const auto at = folder.path();
    base::write_whole(at / "a", "old");
    base::write_whole(at / "b", "old");
    fs::permissions(at / "a", fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
    const auto rights = fs::status(at / "a").permissions();
    const std::vector<TextFile> files{{at / "a", "new"}, {at / "b", std::nullopt}, {at / "c", ""}};
    EXPECT_EQ(write_texts(files), (std::vector<std::string>{"", "", ""}));
    EXPECT_EQ(base::read_text(at / "a"), "new");
    EXPECT_EQ(fs::status(at / "a").permissions(), rights);
    EXPECT_FALSE(base::is_there(at / "b"));
    EXPECT_EQ(base::read_text(at / "c"), "");
    EXPECT_EQ(std::distance(fs::directory_iterator(at), fs::directory_iterator()), 2);
    EXPECT_TRUE(write_texts({}).empty());
}

TEST(TextFiles, OneThatCannotBeWrittenLeavesTheOthers) {
    support::TempFolder folder;
    const auto at = folder.path();
    fs::create_directories(at / "folder");
    base::write_whole(at / "folder" / "x", "x");
    const std::vector<TextFile> files{
        {at / "nowhere" / "a", "new"}, {at / "folder", "new"}, {at / "c", "new"}};
    const auto trouble = write_texts(files);
    EXPECT_FALSE(trouble[0].empty());
    EXPECT_FALSE(trouble[1].empty());
    EXPECT_EQ(trouble[2], "");
    EXPECT_EQ(base::read_text(at / "folder" / "x"), "x");
    EXPECT_EQ(base::read_text(at / "c"), "new");
    EXPECT_EQ(std::distance(fs::directory_iterator(at), fs::directory_iterator()), 2);
}

// By an editor, between the look and the writing.
TEST(TextFiles, OneThatWasChangedSinceItWasReadIsLeftAlone) {
    const support::TempFolder folder;
    const auto& at = folder.path();
    base::write_whole(at / "a", "old");
    base::write_whole(at / "b", "old");
    const auto a = stamp_of(at / "a"), b = stamp_of(at / "b"), c = stamp_of(at / "c");
    base::write_whole(at / "b", "mine");
    base::write_whole(at / "c", "mine");
    const std::vector<TextFile> files{
        {at / "a", "new", a}, {at / "b", std::nullopt, b}, {at / "c", "new", c}};
    EXPECT_EQ(write_texts(files), (std::vector<std::string>{"", kChangedSince, kChangedSince}));
    EXPECT_EQ(base::read_text(at / "a"), "new");
    EXPECT_EQ(base::read_text(at / "b"), "mine");
    EXPECT_EQ(base::read_text(at / "c"), "mine");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(at), {}), 3) << "nothing waits any more";
}

TEST(TextFiles, AFullDiskChangesNothing) {
    support::TempFolder folder;
    const auto at = folder.path();
    base::write_whole(at / "a", "old");
    const std::vector<TextFile> files{{at / "a", "new"}, {at / "b", std::string(9000, 'x')}};
    {
        const support::SmallDisk small(4096);
        EXPECT_THROW(write_texts(files), base::Error);
    }
    EXPECT_EQ(base::read_text(at / "a"), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(at), fs::directory_iterator()), 1);
}

}  // namespace lorikeet::studio
