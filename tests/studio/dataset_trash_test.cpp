#include "studio/dataset_trash.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithImages {
    WithImages() {
        for (const auto* name : {"a.png", "a.txt", "b.png", "b.jpg", "b.txt"})
            base::write_whole(folder.path() / name, name);
    }
    std::vector<ListedImage> images() const { return list_dataset(folder.path(), {".txt"}, {}).images; }
    bool has(const std::string& name) const { return base::is_there(folder.path() / name); }
    support::TempFolder folder;
};

}  // namespace

TEST(DatasetTrash, ImagesGoWithTheirCaptionsAndComeBack) {
    WithImages room;
    const auto outcome = move_to_trash(room.folder.path(), room.images(), {"a.png", "unknown.png"});
    EXPECT_EQ(outcome.what, "1 image moved to the trash");
    EXPECT_EQ(outcome.done, 2U);
    EXPECT_FALSE(room.has("a.png"));
    EXPECT_FALSE(room.has("a.txt"));
    EXPECT_TRUE(UndoJournal(room.folder.path()).undo_last()->not_done.empty());
    EXPECT_EQ(base::read_text(room.folder.path() / "a.png"), "a.png");
    EXPECT_EQ(base::read_text(room.folder.path() / "a.txt"), "a.txt");
}

TEST(DatasetTrash, ACaptionThatAnotherImageNeedsStays) {
    WithImages room;
    move_to_trash(room.folder.path(), room.images(), {"b.png"});
    EXPECT_FALSE(room.has("b.png"));
    EXPECT_TRUE(room.has("b.txt"));
    move_to_trash(room.folder.path(), room.images(), {"b.jpg"});
    EXPECT_FALSE(room.has("b.txt"));
}

TEST(DatasetTrash, WhatWasAddedIsTakenBackIntoTheTrash) {
    WithImages room;
    note_added(room.folder.path(), "2 files added", {"a.png", "a.txt"});
    note_added(room.folder.path(), "nothing", {});
    UndoJournal journal(room.folder.path());
    EXPECT_EQ(journal.last(), "2 files added");
    EXPECT_EQ(journal.undo_last()->done, 2U);
    EXPECT_FALSE(room.has("a.png"));
    EXPECT_TRUE(room.has("b.png"));
}

TEST(DatasetTrash, TakesACaptionAloneAndBringsItBack) {
    const support::TempFolder temp;
    base::write_whole(temp.path() / "a.png", "x");
    base::write_whole(temp.path() / "a.txt", "\xE9");
    const auto listing = list_dataset(temp.path(), {".txt"}, {});
    EXPECT_EQ(move_captions_to_trash(temp.path(), listing.images, {"a.png"}).what,
              "1 caption moved to the trash");
    EXPECT_TRUE(base::is_there(temp.path() / "a.png"));
    EXPECT_FALSE(base::is_there(temp.path() / "a.txt"));
    UndoJournal(temp.path()).undo_last();
    EXPECT_EQ(base::read_text(temp.path() / "a.txt"), "\xE9");
}

}  // namespace lorikeet::studio
