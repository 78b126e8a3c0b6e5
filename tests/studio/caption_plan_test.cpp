#include "studio/caption_plan.hpp"

#include <random>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithCaptions {
    WithCaptions() {
        for (const auto* name : {"a.png", "a.txt", "b.png", "b.txt", "c.png", "sub/d.png", "sub/d.caption"}) {
            std::filesystem::create_directories((at / name).parent_path());
            base::write_whole(at / name, "1girl, solo");
        }
    }
    DatasetListing listing() const { return list_dataset(at, {".txt", ".caption"}, {}); }
    CaptionPlan plan(const CaptionEdit& edit, const std::vector<std::string>& chosen = {},
                     const std::string& create = {}) const {
        return plan_captions(at, listing(), chosen, edit, create, {});
    }
    std::string text(const std::string& name) const {
        return base::is_file(at / name) ? base::read_text(at / name) : "-";
    }
    support::TempFolder folder;
    base::Path at = folder.path();
};

CaptionEdit trigger(const std::string& word) {
    CaptionEdit edit;
    edit.action = CaptionAction::Trigger;
    edit.tags = {word};
    return edit;
}

}  // namespace

TEST(CaptionPlan, ShowsThenChangesThenTakesBackAlsoAfterARestart) {
    const WithCaptions room;
    base::write_whole(room.at / "b.txt", "\xFF odd");
    const auto plan = room.plan(trigger("ohwx"));
    ASSERT_EQ(plan.change.texts.size(), 2U);
    EXPECT_EQ(plan.change.what, "2 captions changed");
    EXPECT_EQ(plan.change.texts[0].after, "ohwx, 1girl, solo");
    ASSERT_EQ(plan.left_out.size(), 1U);
    EXPECT_EQ(plan.left_out[0].where, "b.txt");
    EXPECT_EQ(room.text("a.txt"), "1girl, solo") << "nothing is changed by a plan";
    EXPECT_TRUE(UndoJournal(room.at).carry_out(plan.change).not_done.empty());
    EXPECT_EQ(room.text("sub/d.caption"), "ohwx, 1girl, solo");
    EXPECT_EQ(room.plan(trigger("ohwx")).same, 2U);
    EXPECT_EQ(UndoJournal(room.at).last(), "2 captions changed");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("a.txt"), "1girl, solo");
}

TEST(CaptionPlan, WhatAnotherProgramChangedMeanwhileStays) {
    const WithCaptions room;
    const auto plan = room.plan(trigger("ohwx"));
    base::write_whole(room.at / "a.txt", "my own words");
    std::filesystem::permissions(room.at / "b.txt", std::filesystem::perms::owner_read);
    const auto outcome = UndoJournal(room.at).carry_out(plan.change);
    ASSERT_EQ(outcome.not_done.size(), 2U);
    EXPECT_EQ(outcome.not_done[0].what, "It was changed since, and stays as it is.");
    EXPECT_EQ(outcome.not_done[1].what, "It may not be written to.");
    EXPECT_EQ(room.text("a.txt"), "my own words");
    EXPECT_EQ(room.text("b.txt"), "1girl, solo");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("a.txt"), "my own words");
    EXPECT_EQ(room.text("sub/d.caption"), "1girl, solo");
}

TEST(CaptionPlan, CreatesCaptionsWhenAskedAndUndoTakesThemAway) {
    const WithCaptions room;
    EXPECT_EQ(room.plan(trigger("ohwx"), {"c.png"}).change.texts.size(), 0U);
    const auto plan = room.plan(trigger("ohwx"), {"c.png"}, ".txt");
    ASSERT_EQ(plan.change.texts.size(), 1U);
    UndoJournal(room.at).carry_out(plan.change);
    EXPECT_EQ(room.text("c.txt"), "ohwx");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("c.txt"), "-");
}

// Any row of edits, undone one by one, brings back the very bytes.
TEST(CaptionPlan, AnySequenceOfEditsIsUndoneToTheByte) {
    const WithCaptions room;
    std::mt19937 draw(7);
    base::write_whole(room.at / "a.txt",
                      "\xEF\xBB\xBF"
                      "1girl ,solo\r\n\r\nA bird sits there, alone.");
    std::vector<std::string> before;
    const auto state = [&] {
        return room.text("a.txt") + "|" + room.text("b.txt") + "|" + room.text("sub/d.caption");
    };
    for (int i = 0; i < 40; ++i) {
        CaptionEdit edit;
        edit.action = static_cast<CaptionAction>(draw() % 14);
        edit.tags = {draw() % 2 ? "solo" : "tag" + std::to_string(draw() % 3)};
        edit.with = {"other" + std::to_string(draw() % 3)};
        edit.text = draw() % 2 ? "o" : ", x";
        edit.replacement = "0o";
        const auto plan = room.plan(edit, {}, ".txt");
        if (plan.change.texts.empty()) continue;
        before.push_back(state());
        ASSERT_TRUE(UndoJournal(room.at).carry_out(plan.change).not_done.empty());
    }
    EXPECT_GT(before.size(), 10U);
    for (auto at = before.rbegin(); at != before.rend(); ++at) {
        UndoJournal(room.at).undo_last();
        ASSERT_EQ(state(), *at);
    }
}

TEST(CaptionPlan, CountsTagsByImages) {
    const WithCaptions room;
    base::write_whole(room.at / "b.txt", "Solo, SOLO, long_hair, A bird sits in the tree, alone.");
    const auto tags = tag_frequencies(room.listing());
    ASSERT_EQ(tags.size(), 3U);
    EXPECT_EQ(tags[0], (std::pair<std::string, std::size_t>{"solo", 3}));
    EXPECT_EQ(tags[1], (std::pair<std::string, std::size_t>{"1girl", 2}));
    EXPECT_EQ(tags[2], (std::pair<std::string, std::size_t>{"long_hair", 1}));
}

}  // namespace lorikeet::studio
