#include "studio/rename_plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithFiles {
    explicit WithFiles(const std::vector<std::string>& names) {
        for (const auto& name : names) {
            std::filesystem::create_directories((at / name).parent_path());
            base::write_whole(at / name, "of " + name);
        }
    }
    ChangeOutcome rename(const std::string& pattern, const std::vector<std::string>& chosen = {}) const {
        return carry_out(at, plan(pattern, chosen), {});
    }
    FilePlan plan(const std::string& pattern, const std::vector<std::string>& chosen = {}) const {
        return plan_rename(at, list_dataset(at, {".txt", ".caption"}, {}), chosen, pattern);
    }
    std::string text(const std::string& name) const {
        return base::is_file(at / name) ? base::read_text(at / name) : "-";
    }
    support::TempFolder folder;
    base::Path at = folder.path();
};

}  // namespace

TEST(RenamePlan, NumbersInTheOrderThatAPersonCountsAndKeepsPairs) {
    const WithFiles room({"img10.png", "img2.jpg", "img2.txt", "sub/z.png", "sub/z.caption", "img10.txt"});
    EXPECT_EQ(room.rename("bird-{number}").what, "3 images renamed");
    EXPECT_EQ(room.text("bird-001.jpg"), "of img2.jpg");
    EXPECT_EQ(room.text("bird-001.txt"), "of img2.txt");
    EXPECT_EQ(room.text("bird-002.png"), "of img10.png");
    EXPECT_EQ(room.text("bird-002.txt"), "of img10.txt");
    EXPECT_EQ(room.text("sub/bird-001.caption"), "of sub/z.caption");
    EXPECT_TRUE(room.plan("bird-{number}").lines.empty()) << "what has its name keeps it";
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("img2.txt"), "of img2.txt");
    EXPECT_EQ(room.text("sub/z.png"), "of sub/z.png");
    EXPECT_EQ(room.text("bird-001.jpg"), "-");
}

TEST(RenamePlan, NamesThatChangePlacesDoSo) {
    const WithFiles room({"1.png", "2.png", "2.txt", "3.png"});
    room.rename("{number}", {"2.png", "3.png"});  // 001 and 002
    EXPECT_EQ(room.text("001.png"), "of 2.png");
    const WithFiles other({"001.png", "b 002.png", "002.png", "002.txt"});
    other.rename("{number}");  // 002 and "b 002" come after 001
    EXPECT_EQ(other.text("001.png"), "of 001.png");
    EXPECT_EQ(other.text("002.png"), "of 002.png");
    EXPECT_EQ(other.text("003.png"), "of b 002.png");
    const WithFiles chain({"0.png", "001.png", "001.txt", "002.png"});  // each to the name of the next
    EXPECT_TRUE(chain.rename("{number}").not_done.empty());
    EXPECT_EQ(chain.text("001.png"), "of 0.png");
    EXPECT_EQ(chain.text("002.png"), "of 001.png");
    EXPECT_EQ(chain.text("002.txt"), "of 001.txt");
    EXPECT_EQ(chain.text("003.png"), "of 002.png");
    UndoJournal(chain.at).undo_last();
    EXPECT_EQ(chain.text("001.txt"), "of 001.txt");
    EXPECT_EQ(chain.text("0.png"), "of 0.png");
    const WithFiles round({"002.png", "003.png", "003.txt"});
    EXPECT_TRUE(round.rename("{number}").not_done.empty());
    EXPECT_EQ(round.text("001.png"), "of 002.png");
    EXPECT_EQ(round.text("002.png"), "of 003.png");
    EXPECT_EQ(round.text("002.txt"), "of 003.txt");
    UndoJournal(round.at).undo_last();
    EXPECT_EQ(round.text("002.png"), "of 002.png");
    EXPECT_EQ(round.text("003.txt"), "of 003.txt");
}

TEST(RenamePlan, NeverOverAFileNorIntoAStrangersCaption) {
    const WithFiles room({"a b.png", "a-b.png", "c d.png", "c-d.txt", "E.png", "e.png"});
    const auto outcome = room.rename("{clean}");
    EXPECT_TRUE(outcome.not_done.empty());
    EXPECT_EQ(room.text("a-b.png"), "of a-b.png");
    EXPECT_EQ(room.text("a-b-2.png"), "of a b.png");
    EXPECT_EQ(room.text("c-d-2.png"), "of c d.png") << "c-d.txt is not its caption";
    EXPECT_EQ(room.text("E.png"), "of E.png");
}

TEST(RenamePlan, ACaptionOfTwoImagesGoesWithEach) {
    const WithFiles room({"a.png", "a.jpg", "a.txt"});
    room.rename("x-{number}");
    EXPECT_EQ(room.text("x-001.txt"), "of a.txt");
    EXPECT_EQ(room.text("x-002.txt"), "of a.txt");
    EXPECT_EQ(room.text("a.txt"), "-");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("a.txt"), "of a.txt");
    EXPECT_EQ(room.text("x-001.txt"), "-");
    EXPECT_EQ(room.text("x-002.txt"), "-");
    room.rename("y", {"a.jpg"});
    EXPECT_EQ(room.text("y.txt"), "of a.txt");
    EXPECT_EQ(room.text("a.txt"), "of a.txt") << "the image that stays keeps it";
}

// What another trainer kept of an image, or a caption with another ending, would else come to the next image of that name.
TEST(RenamePlan, WhatLiesBesideAnImageGoesAlong) {
    const WithFiles room({"a.png", "a.cap", "a_0512x0768_sd.npz", "b/c.png", "b/c.npz", "notes.md"});
    EXPECT_EQ(room.plan("bird").lines.at(0).along, (std::vector<std::string>{"a.cap", "a_0512x0768_sd.npz"}));
    room.rename("bird");
    EXPECT_EQ(room.text("bird_0512x0768_sd.npz"), "of a_0512x0768_sd.npz");
    EXPECT_EQ(room.text("bird.cap"), "of a.cap");
    EXPECT_EQ(room.text("b/bird.npz"), "of b/c.npz");
    EXPECT_EQ(room.text("notes.md"), "of notes.md");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("a_0512x0768_sd.npz"), "of a_0512x0768_sd.npz");
    const WithFiles left({"a.png", "bird_0512x0768_sdxl.npz"});
    EXPECT_EQ(left.plan("bird").lines.at(0).to, "bird-2.png") << "latents of an image that is gone";
    const WithFiles two({"a.png", "a.jpg", "a.npz"});
    two.rename("bird", {"a.jpg"});
    EXPECT_EQ(two.text("a.npz"), "of a.npz") << "the image that stays keeps it";
}

// Counted by themselves, the second mask would come to the second image, whose own it is not.
TEST(RenamePlan, AMaskKeepsItsImage) {
    const WithFiles room({"a.png", "b.png", "c.png", "masks/a.png", "masks/c.png", "masks/y.png"});
    EXPECT_EQ(room.rename("x-{number}").what, "4 images renamed") << "the mask of no image is one itself";
    EXPECT_EQ(room.text("x-001.png"), "of a.png");
    EXPECT_EQ(room.text("masks/x-001.png"), "of masks/a.png");
    EXPECT_EQ(room.text("x-003.png"), "of c.png");
    EXPECT_EQ(room.text("masks/x-003.png"), "of masks/c.png");
    EXPECT_EQ(room.text("masks/x-002.png"), "-");
    EXPECT_EQ(room.text("masks/x-004.png"), "of masks/y.png");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("masks/c.png"), "of masks/c.png");
    const WithFiles one({"a.png", "masks/bird-001.png"});
    EXPECT_EQ(one.plan("bird-{number}", {"a.png"}).lines.at(0).to, "bird-002.png") << "a stranger's mask";
}

TEST(RenamePlan, APatternIsReadStrictly) {
    const WithFiles room({"caf\u00e9 1.png"});
    EXPECT_EQ(room.plan("{clean}").lines.at(0).to, "caf\u00e9-1.png");
    EXPECT_EQ(room.plan("{date}").lines.at(0).to.size(), 12U);
    EXPECT_EQ(room.plan("what?").lines.at(0).to, "what_.png");
    for (const auto* pattern : {"", " ", "{numbr}", "{name", "a/{name}"})
        EXPECT_THROW(room.plan(pattern), base::Error) << pattern;
}

}  // namespace lorikeet::studio
