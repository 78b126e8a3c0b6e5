#include "studio/undo_journal.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "support/small_disk.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithJournal {
    void put(const std::string& name, const std::string& text) const {
        base::write_whole(folder.path() / name, text);
    }
    std::string text(const std::string& name) const {
        return base::is_file(folder.path() / name) ? base::read_text(folder.path() / name) : "-";
    }
    support::TempFolder folder;
    UndoJournal journal{folder.path()};
};

}  // namespace

TEST(UndoJournal, TakesBackMovesAndTextsInReverseAlsoAfterARestart) {
    WithJournal room;
    room.put("a.png", "image");
    room.put("a.txt", "a cat");
    EXPECT_EQ(room.journal.carry_out({"first", {{"a.png", ".lorikeet-trash/1/a.png"}}, {}}).done, 1U);
    EXPECT_EQ(
        room.journal.carry_out({"second", {}, {{"a.txt", "a cat", "a dog"}, {"b.txt", std::nullopt, "new"}}})
            .done,
        2U);
    EXPECT_EQ(room.text("a.txt"), "a dog");
    EXPECT_EQ(room.text("b.txt"), "new");
    UndoJournal again(room.folder.path());
    EXPECT_EQ(again.last(), "second");
    EXPECT_EQ(again.undo_last()->done, 2U);
    EXPECT_EQ(room.text("a.txt"), "a cat");
    EXPECT_EQ(room.text("b.txt"), "-");
    EXPECT_EQ(again.undo_last()->what, "first");
    EXPECT_EQ(room.text("a.png"), "image");
    EXPECT_FALSE(base::is_there(room.folder.path() / ".lorikeet-trash/1"))
        << "an empty folder is not left behind";
    EXPECT_FALSE(again.undo_last().has_value());
    EXPECT_FALSE(again.last().has_value());
}

TEST(UndoJournal, ReplacesNothingWhenItTakesBack) {
    WithJournal room;
    room.put("a.png", "image");
    room.put("a.txt", "a cat");
    room.journal.carry_out({"both", {{"a.png", ".lorikeet-trash/1/a.png"}}, {{"a.txt", "a cat", "a dog"}}});
    room.put("a.png", "another image");
    room.put("a.txt", "my own words");
    const auto outcome = room.journal.undo_last();
    ASSERT_EQ(outcome->not_done.size(), 2U);
    EXPECT_EQ(outcome->not_done[0].what, "It was changed since, and stays as it is.");
    EXPECT_EQ(outcome->not_done[1].what, "a.png is there already.");
    EXPECT_EQ(room.text("a.png"), "another image");
    EXPECT_EQ(room.text("a.txt"), "my own words");
    EXPECT_EQ(room.text(".lorikeet-trash/1/a.png"), "image");
    EXPECT_EQ(room.journal.last(), "both") << "what could not be taken back can be once there is room";
    std::filesystem::remove(room.folder.path() / "a.png");
    EXPECT_TRUE(room.journal.undo_last()->not_done.empty());
    EXPECT_EQ(room.text("a.png"), "image");
    EXPECT_FALSE(room.journal.last().has_value());
}

TEST(UndoJournal, AFullDiskLeavesEveryFileAsItWas) {
    WithJournal room;
    room.put("a.png", "image");
    room.put("a.txt", "a cat");
    {
        const support::SmallDisk full(10000);
        EXPECT_THROW(room.journal.carry_out(
                         {"both", {{"a.png", "b.png"}}, {{"a.txt", "a cat", std::string(20000, 'x')}}}),
                     base::Error);
    }
    EXPECT_EQ(room.text("a.png"), "image");
    EXPECT_EQ(room.text("a.txt"), "a cat");
    EXPECT_EQ(room.text("b.png"), "-");
    EXPECT_FALSE(room.journal.last().has_value());
}

TEST(UndoJournal, OthersWaitWhileAChangeIsMade) {
    WithJournal room;
    room.journal.hold();
    EXPECT_THROW(UndoJournal(room.folder.path()).note({"other", {}, {}}), base::Error);
    EXPECT_FALSE(room.journal.last().has_value());
}

TEST(UndoJournal, AFileThatIsGoneIsToldAndHoldsNothingUp) {
    WithJournal room;
    room.put("a.png", "image");
    room.journal.carry_out({"moved", {{"a.png", "b.png"}}, {}});
    std::filesystem::remove(room.folder.path() / "b.png");
    EXPECT_EQ(room.journal.undo_last()->not_done.at(0).what, "b.png is not there any more.");
    EXPECT_FALSE(room.journal.last().has_value());
}

TEST(UndoJournal, WhatWasLeftHalfDoneIsUndoneAsFarAsItWasDone) {
    WithJournal room;
    room.put("a.png", "image a");
    room.put("b.png", "image b");
    room.journal.note(
        {"two", {{"a.png", ".lorikeet-trash/1/a.png"}, {"b.png", ".lorikeet-trash/1/b.png"}}, {}});
    std::filesystem::create_directories(room.folder.path() / ".lorikeet-trash/1");
    std::filesystem::rename(room.folder.path() / "a.png", room.folder.path() / ".lorikeet-trash/1/a.png");
    const auto outcome = room.journal.undo_last();
    EXPECT_TRUE(outcome->not_done.empty());
    EXPECT_EQ(room.text("a.png"), "image a");
    EXPECT_EQ(room.text("b.png"), "image b");
}

// Renamed round, and the power went before so many of the moves. Each file is back in its place, whichever those were.
TEST(UndoJournal, AfterAPowerCutOnlyWhatWasMadeIsTakenBack) {
    const DatasetChange change{"renamed",
                               {{"a.png", ".lorikeet-trash/1/a.png"},
                                {"b.png", ".lorikeet-trash/1/b.png"},
                                {".lorikeet-trash/1/a.png", "b.png"},
                                {".lorikeet-trash/1/b.png", "c.png"}},
                               {}};
    for (std::size_t made = 0; made <= change.moves.size(); ++made) {
        WithJournal room;
        const auto& at = room.folder.path();
        room.put("a.png", "image a");
        room.put("b.png", "image b");
        room.journal.note(change);
        room.put(".lorikeet-trash/journal/000001.begun", "");
        std::filesystem::create_directories(at / ".lorikeet-trash/1");
        for (std::size_t i = 0; i < made; ++i)
            std::filesystem::rename(at / change.moves[i].from, at / change.moves[i].to);
        EXPECT_TRUE(room.journal.undo_last()->not_done.empty()) << made;
        EXPECT_EQ(room.text("a.png"), "image a") << made;
        EXPECT_EQ(room.text("b.png"), "image b") << made;
        EXPECT_EQ(room.text("c.png"), "-") << made;
        EXPECT_FALSE(room.journal.last().has_value()) << made;
        EXPECT_FALSE(base::is_there(at / ".lorikeet-trash/journal/000001.begun")) << made;
    }
}

TEST(UndoJournal, WhatCameToNothingIsNoStepAndAPartIsOne) {
    WithJournal room;
    room.put("a.txt", "a cat");
    room.put("b.txt", "changed");
    room.journal.note({"before", {}, {}});
    EXPECT_EQ(room.journal.carry_out({"nothing", {{"gone.png", "b.png"}}, {{"b.txt", "b", "c"}}}).done, 0U);
    EXPECT_EQ(room.journal.last(), "before");
    room.journal.carry_out({"both changed", {}, {{"a.txt", "a cat", "a dog"}, {"b.txt", "b", "c"}}});
    EXPECT_EQ(room.journal.last(), "both changed, in part");
    EXPECT_TRUE(room.journal.undo_last()->not_done.empty());
    EXPECT_EQ(room.text("a.txt"), "a cat");
}

TEST(UndoJournal, ATextThatMayNotBeWrittenNowIsTakenBackLater) {
    WithJournal room;
    room.put("a.txt", "a cat");
    room.journal.carry_out({"changed", {}, {{"a.txt", "a cat", "a dog"}}});
    const auto file = room.folder.path() / "a.txt";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    EXPECT_EQ(room.journal.undo_last()->not_done.at(0).what, "It may not be written to.");
    std::filesystem::permissions(file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_TRUE(room.journal.undo_last()->not_done.empty());
    EXPECT_EQ(room.text("a.txt"), "a cat");
}

TEST(UndoJournal, ATextThatIsALinkStaysOne) {
    WithJournal room;
    room.put("a.txt", "a cat");
    std::filesystem::create_symlink("a.txt", room.folder.path() / "link.txt");
    const auto outcome = room.journal.carry_out({"changed", {}, {{"link.txt", "a cat", "a dog"}}});
    EXPECT_EQ(outcome.not_done.at(0).what, "It is a link to another file, and stays as it is.");
    EXPECT_TRUE(std::filesystem::is_symlink(room.folder.path() / "link.txt"));
    EXPECT_EQ(room.text("a.txt"), "a cat");
}

TEST(UndoJournal, NamesAndTextsOfAnyBytesAreKept) {
    WithJournal room;
    const std::string name = "caf\xE9.txt", words = "\xFF\xFE bytes";
    room.put(name, words);
    room.journal.carry_out({"odd", {{name, ".lorikeet-trash/1/" + name}}, {{"b.txt", std::nullopt, words}}});
    EXPECT_EQ(room.text("b.txt"), words);
    UndoJournal(room.folder.path()).undo_last();
    EXPECT_EQ(room.text(name), words);
    EXPECT_EQ(room.text("b.txt"), "-");
}

TEST(UndoJournal, ADamagedOneIsKeptAsideAndANewOneBegins) {
    WithJournal room;
    room.journal.note({"first", {}, {}});
    room.journal.note({"cut off", {}, {}});
    room.put(".lorikeet-trash/journal/000002.json", "{ half");
    EXPECT_EQ(room.journal.last(), "first");
    room.journal.note({"second", {}, {}});
    EXPECT_EQ(room.journal.last(), "second");
    std::size_t damaged = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(room.folder.path() / ".lorikeet-trash/journal"))
        damaged += entry.path().string().find(".damaged-") != std::string::npos;
    EXPECT_EQ(damaged, 1U);
}

TEST(UndoJournal, ThatOfAStrangerReachesNothingOutsideTheFolder) {
    for (const std::string name : {"../victim.txt", "/tmp/victim.txt", "a/../../victim.txt", ""}) {
        WithJournal room;
        room.put("a.txt", "mine");
        room.journal.note({"moved", {{"a.txt", "b.txt"}}, {}});
        const auto file = room.folder.path() / ".lorikeet-trash/journal/000001.json";
        base::write_whole(file, base::replace_all(base::read_text(file), "\"a.txt\"", "\"" + name + "\""));
        std::filesystem::rename(room.folder.path() / "a.txt", room.folder.path() / "b.txt");
        EXPECT_FALSE(room.journal.undo_last().has_value()) << name;
        EXPECT_EQ(room.text("b.txt"), "mine") << name;
    }
}

TEST(UndoJournal, KeepsTheLastTwoHundred) {
    WithJournal room;
    for (int i = 1; i <= 203; ++i) room.journal.note({std::to_string(i), {}, {}});
    int undone = 0;
    while (room.journal.undo_last()) ++undone;
    EXPECT_EQ(undone, 200);
}

TEST(UndoJournal, TakesBackTheChangeThatIsNamedAndNoOther) {
    WithJournal room;
    room.put("a.txt", "a cat");
    EXPECT_EQ(room.journal.carry_out({"first", {}, {{"a.txt", "a cat", "a dog"}}}).done, 1U);
    EXPECT_EQ(room.journal.carry_out({"second", {}, {{"a.txt", "a dog", "a bird"}}}).done, 1U);
    EXPECT_THROW(UndoJournal(room.folder.path()).undo("first"), base::Error);
    EXPECT_EQ(room.text("a.txt"), "a bird");
    EXPECT_EQ(UndoJournal(room.folder.path()).undo("second")->done, 1U);
    EXPECT_EQ(room.text("a.txt"), "a dog");
}

}  // namespace lorikeet::studio
