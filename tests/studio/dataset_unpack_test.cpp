#include "studio/dataset_unpack.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "studio/import_sources.hpp"
#include "studio/undo_journal.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(DatasetUnpack, AnArchiveBecomesItsImagesAndComesBackWithUndo) {
    const support::TempFolder folder;
    const auto at = [&](const char* name) { return folder.path() / name; };
    base::write_whole(at("mine.png"), small_image(3));
    support::write_archive(
        at("b.zip"), {{"a.png", small_image(1)}, {"a.txt", "a bird"}, {"10_red/c.png", small_image(2)}});
    const auto outcome = unpack_in_dataset(folder.path(), "b.zip", {".txt"}, {});
    EXPECT_EQ(outcome.images, 2);
    EXPECT_EQ(base::read_text(at("a.txt")), "a bird");
    EXPECT_TRUE(base::is_there(at("10_red/c.png")));
    EXPECT_FALSE(base::is_there(at("b.zip")));
    EXPECT_EQ(UndoJournal(folder.path()).last(), "b.zip unpacked");
    const auto undone = UndoJournal(folder.path()).undo_last();
    EXPECT_TRUE(undone->not_done.empty());
    EXPECT_TRUE(base::is_there(at("b.zip")));
    EXPECT_FALSE(base::is_there(at("a.png")));
    EXPECT_TRUE(base::is_there(at("mine.png")));
}

// What is still in it would be out of sight in the trash.
TEST(DatasetUnpack, AnArchiveThatWasUnpackedInPartStays) {
    const support::TempFolder folder;
    support::write_archive(
        folder.path() / "b.tar",
        {{"a.png", small_image(1)}, {"a.txt", "a bird"}, {"b.png", small_image(2)}, {"b.txt", "another"}});
    base::Cancel cancel;
    const auto outcome =
        unpack_in_dataset(folder.path(), "b.tar", {".txt"}, cancel, [&](const ImportProgress& at) {
            if (at.files >= 2) cancel.request_stop();
            std::this_thread::sleep_for(std::chrono::milliseconds(210));  // it is told five times a second
        });
    EXPECT_TRUE(outcome.stopped);
    EXPECT_EQ(outcome.images, 1);
    EXPECT_TRUE(base::is_there(folder.path() / "b.tar"));
    EXPECT_TRUE(UndoJournal(folder.path()).undo_last()->not_done.empty());
    EXPECT_FALSE(base::is_there(folder.path() / "a.png"));
    EXPECT_TRUE(base::is_there(folder.path() / "b.tar"));
}

TEST(DatasetUnpack, WhatCannotBeReadStays) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "b.zip", "no archive");
    try {
        unpack_in_dataset(folder.path(), "b.zip", {".txt"}, {});
    } catch (const base::Error&) {
    }
    EXPECT_TRUE(base::is_there(folder.path() / "b.zip"));
    EXPECT_FALSE(UndoJournal(folder.path()).last().has_value());
}

}  // namespace lorikeet::studio
