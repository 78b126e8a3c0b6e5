#include "widgets/captions_page.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "io/image.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

struct WithCaptionsPage : TestPageContext {
    WithCaptionsPage() : images(folder.path() / "pictures") {
        std::filesystem::create_directories(images);
        put("a", "girl, 1girl, red hat");
        put("b", "girl, blue hat");
        put("c", "");
    }
    void put(const std::string& name, const std::string& caption) const {
        io::write_png(images / (name + ".png"), io::Image{4, 4, std::vector<std::uint8_t>(48, 90)});
        if (!caption.empty()) base::write_whole(images / (name + ".txt"), caption);
    }
    std::string caption(const char* name) const {
        return base::read_text(images / (std::string(name) + ".txt"));
    }
    bool says(const Page& page, const std::string& words) {
        return loop.run_until([&] { return page.status().find(words) != std::string::npos; });
    }
    bool edits(const CaptionsPage& page, const std::string& name) {
        return loop.run_until([&] { return page.board().state().at("editor").value("name", "") == name; });
    }
    base::Path images;
};

std::string version(const CaptionsPage& page) { return page.board().state().at("editor").at("version"); }

json parts_over(const std::string& id, const std::string& name, const std::string& version,
                const std::vector<std::string>& parts, const std::string& after = {}) {
    return {{"kind", "parts"},    {"id", id},       {"name", name},
            {"version", version}, {"after", after}, {"parts", parts}};
}

bool is_done(const CaptionsPage& page, const std::string& id) {
    const auto& editor = page.board().state().at("editor");
    const auto done = editor.value("done", json::array());
    return std::find(done.begin(), done.end(), json(id)) != done.end();
}

}  // namespace

TEST(CaptionsPage, ABulkEditIsShownThenMadeThenTakenBackAfterARestart) {
    WithCaptionsPage room;
    {
        CaptionsPage page(*room.context);
        page.shown();
        EXPECT_TRUE(room.says(page, "3 images, 2 with a caption."));
        page.board().take_message({{"kind", "remove"}, {"tag", "girl"}}, {});
        EXPECT_TRUE(room.says(page, "2 captions would change. Nothing is changed yet.")) << page.status();
        EXPECT_EQ(room.caption("a"), "girl, 1girl, red hat");
        EXPECT_EQ(page.changes().state().at("doing"), "Change 2 captions");
        page.changes().take_message({{"kind", "make"}, {"plan", page.changes().state().at("plan")}}, {});
        EXPECT_TRUE(
            room.loop.run_until([&] { return page.board().state().at("undo") == "2 captions changed"; }));
        EXPECT_EQ(room.caption("a"), "1girl, red hat") << "whole tags alone";
        EXPECT_TRUE(page.changes().state().at("rows").empty());
        EXPECT_NE(all_text(room.registry).find("2 captions changed."), std::string::npos);
    }
    room.restart();
    CaptionsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "3 images"));
    EXPECT_EQ(page.form().edit().action, studio::CaptionAction::Remove) << "what was typed is there again";
    page.board().take_message({{"kind", "undo"}, {"what", "2 captions changed"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return page.board().state().at("undo") == ""; }));
    EXPECT_EQ(room.caption("a"), "girl, 1girl, red hat");
}

TEST(CaptionsPage, OneCaptionIsEditedAndMade) {
    WithCaptionsPage room;
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    page.board().take_message(parts_over("1", "a.png", version(page), {"girl", "green hat"}), {});
    EXPECT_TRUE(room.loop.run_until(
        [&] { return page.board().state().at("editor").at("text") == "girl, green hat"; }));
    EXPECT_EQ(room.caption("a"), "girl, green hat");
    page.board().take_message({{"kind", "image"}, {"name", "c.png"}}, {});
    ASSERT_TRUE(room.edits(page, "c.png"));
    page.board().take_message({{"kind", "text"},
                               {"id", "2"},
                               {"name", "c.png"},
                               {"version", "none"},
                               {"after", ""},
                               {"text", "A bird.\nIt sings.\n"}},
                              {});
    EXPECT_TRUE(room.says(page, "3 images, all with a caption."));
    EXPECT_EQ(room.caption("c"), "A bird.\nIt sings.\n");
}

// A window does not wait for the first to be written.
TEST(CaptionsPage, WhatFollowsBeforeItIsConfirmedIsWrittenOverIt) {
    WithCaptionsPage room;
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    const auto seen = version(page);
    page.board().take_message(parts_over("1", "a.png", seen, {"one"}), {});
    page.board().take_message(parts_over("2", "a.png", "", {"one", "two"}, "1"), {});
    page.board().take_message(parts_over("3", "a.png", "", {"one", "two", "three"}, "2"), {});
    EXPECT_TRUE(room.loop.run_until([&] { return is_done(page, "3"); }));
    EXPECT_EQ(room.caption("a"), "one, two, three");
}

// Both have no caption, so their versions are the same.
TEST(CaptionsPage, WhatIsTypedForAnImageIsWrittenForThatOne) {
    WithCaptionsPage room;
    room.put("d", "");
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    page.board().take_message({{"kind", "image"}, {"name", "d.png"}}, {});
    page.board().take_message(parts_over("1", "c.png", "none", {"for c"}), {});
    EXPECT_TRUE(room.loop.run_until([&] { return is_done(page, "1"); }));
    EXPECT_EQ(room.caption("c"), "for c");
    EXPECT_FALSE(base::is_there(room.images / "d.txt"));
}

TEST(CaptionsPage, AChangeOfAnotherProgramIsNoticedAndWhatWasTypedIsKept) {
    WithCaptionsPage room;
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    const auto seen = version(page);
    room.put("a", "mine");
    page.board().take_message(parts_over("1", "a.png", seen, {"typed"}), {});
    page.board().take_message(parts_over("2", "a.png", "", {"typed", "too"}, "1"), {});
    EXPECT_TRUE(room.loop.run_until([&] { return is_done(page, "2"); }));
    EXPECT_EQ(room.caption("a"), "mine") << "nor by what followed";
    EXPECT_EQ(page.board().state().at("editor").at("text"), "mine");
    EXPECT_NE(page.status().find("changed by another program"), std::string::npos);
    EXPECT_NE(all_text(room.registry).find("Typed and not written: typed, too"), std::string::npos);
    // Over what is shown now it is taken.
    page.board().take_message(parts_over("3", "a.png", version(page), {"mine", "typed"}), {});
    EXPECT_TRUE(room.loop.run_until([&] { return is_done(page, "3"); }));
    EXPECT_EQ(room.caption("a"), "mine, typed");
}

TEST(CaptionsPage, UndoTakesBackWhatItNamesAndNothingElse) {
    WithCaptionsPage room;
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    page.board().take_message(parts_over("1", "a.png", version(page), {"one"}), {});
    EXPECT_TRUE(
        room.loop.run_until([&] { return page.board().state().at("undo") == "caption of a.png changed"; }));
    page.board().take_message({{"kind", "undo"}, {"what", "2 captions changed"}}, {});
    EXPECT_TRUE(room.says(page, "Something else was changed meanwhile."));
    EXPECT_EQ(room.caption("a"), "one");
    page.board().take_message({{"kind", "undo"}, {"what", "caption of a.png changed"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return page.board().state().at("undo") == ""; }));
    EXPECT_EQ(room.caption("a"), "girl, 1girl, red hat");
}

TEST(CaptionsPage, SaysWhatTrainingReads) {
    WithCaptionsPage room;
    room.context->type_recipe("data.subsets.0.folder", "pictures");
    room.context->type_recipe("data.subsets.0.trigger", "zyx");
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    const auto tokens = page.board().state().at("editor").at("tokens");
    EXPECT_EQ(tokens.at("read"), "zyx, girl, 1girl, red hat");
    EXPECT_EQ(tokens.at("most"), 75);
    std::string longer = "zyx";
    for (int i = 0; i < 50; ++i) longer += ", red hat";
    page.board().take_message({{"kind", "count"}, {"id", "7"}, {"name", "a.png"}, {"text", longer}}, {});
    const auto said = room.channel.of(page.board().id(), "message");
    ASSERT_FALSE(said.empty());
    const auto counted = said.back().content;
    EXPECT_EQ(counted.at("id"), "7");
    EXPECT_GT(counted.at("tokens").at("tokens"), 75);
    EXPECT_NE(counted.at("tokens").at("unread"), "");
}

TEST(CaptionsPage, ACaptionThatIsNoTextSaysWhy) {
    WithCaptionsPage room;
    base::write_whole(room.images / "a.txt", "caf\xE9");
    CaptionsPage page(*room.context);
    page.shown();
    ASSERT_TRUE(room.edits(page, "a.png"));
    EXPECT_NE(page.board().state().at("editor").at("trouble"), "");
    page.board().take_message(parts_over("1", "a.png", "", {"typed"}), {});
    EXPECT_TRUE(room.loop.run_until([&] { return is_done(page, "1"); }));
    EXPECT_EQ(base::read_text(room.images / "a.txt"), "caf\xE9");
    room.context->type_dataset("elsewhere");
    EXPECT_TRUE(room.says(page, "No images yet."));
}

TEST(CaptionsPage, AnEditThatLacksSomethingSaysIt) {
    WithCaptionsPage room;
    CaptionsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "3 images"));
    page.main().press();
    EXPECT_TRUE(room.says(page, "No tag is named.")) << page.status();
    page.form().type(studio::CaptionAction::Remove, "no such tag");
    page.main().press();
    EXPECT_TRUE(room.says(page, "Nothing is to be changed.")) << page.status();
}

}  // namespace lorikeet::widgets
