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
    DatasetListing listing() const { return list_dataset(folder.path(), {".txt"}, {}); }
    bool has(const std::string& name) const { return base::is_there(folder.path() / name); }
    support::TempFolder folder;
};

}  // namespace

TEST(DatasetTrash, ImagesGoWithTheirCaptionsAndComeBack) {
    WithImages room;
    const auto outcome = move_to_trash(room.folder.path(), room.listing(), {"a.png", "unknown.png"});
    EXPECT_EQ(outcome.what, "1 image moved to the trash");
    EXPECT_EQ(outcome.done, 2U);
    EXPECT_FALSE(room.has("a.png"));
    EXPECT_FALSE(room.has("a.txt"));
    EXPECT_TRUE(UndoJournal(room.folder.path()).undo_last()->not_done.empty());
    EXPECT_EQ(base::read_text(room.folder.path() / "a.png"), "a.png");
    EXPECT_EQ(base::read_text(room.folder.path() / "a.txt"), "a.txt");
}

// Left behind, they would be taken for those of the next image of that name.
TEST(DatasetTrash, WhatBelongsToAnImageGoesAndComesBackWithIt) {
    WithImages room;
    const std::vector<std::string> belongs{"a.png",
                                           "a.txt",
                                           "a.cap",
                                           "a.npz",
                                           "a_0512x0512_sd.npz",
                                           "mask/a.png",
                                           "a_1024x1024_sdxl.npz",
                                           "a_te_outputs.npz"};
    for (const auto& name : belongs) {
        std::filesystem::create_directories((room.folder.path() / name).parent_path());
        base::write_whole(room.folder.path() / name, "of " + name);
    }
    EXPECT_EQ(move_to_trash(room.folder.path(), room.listing(), {"a.png"}).done, belongs.size());
    for (const auto& name : belongs) EXPECT_FALSE(room.has(name)) << name;
    EXPECT_TRUE(room.has("b.txt"));
    EXPECT_TRUE(UndoJournal(room.folder.path()).undo_last()->not_done.empty());
    for (const auto& name : belongs) EXPECT_EQ(base::read_text(room.folder.path() / name), "of " + name);
}

TEST(DatasetTrash, ACaptionThatAnotherImageNeedsStays) {
    WithImages room;
    move_to_trash(room.folder.path(), room.listing(), {"b.png"});
    EXPECT_FALSE(room.has("b.png"));
    EXPECT_TRUE(room.has("b.txt"));
    move_to_trash(room.folder.path(), room.listing(), {"b.jpg"});
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
    EXPECT_EQ(move_captions_to_trash(temp.path(), listing, {"a.png"}).what, "1 caption moved to the trash");
    EXPECT_TRUE(base::is_there(temp.path() / "a.png"));
    EXPECT_FALSE(base::is_there(temp.path() / "a.txt"));
    UndoJournal(temp.path()).undo_last();
    EXPECT_EQ(base::read_text(temp.path() / "a.txt"), "\xE9");
}

}  // namespace lorikeet::studio
