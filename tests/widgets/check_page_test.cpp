#include "widgets/check_page.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "io/image.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

namespace {

template <class W>
W& control_of(const WidgetRegistry& registry) {
    for (auto* widget : registry.all())
        if (auto* found = dynamic_cast<W*>(widget)) return *found;
    throw std::runtime_error("there is none");
}

}  // namespace

TEST(CheckPage, FoldsWhatIsFineAndNamesWhatIsNot) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    CheckPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Ready; }));
    EXPECT_EQ(page.status(), "No images yet.");

    io::write_png(images / "a.png", io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    base::write_whole(images / "a.txt", "a cat");
    base::write_whole(images / "<b>.png", "no image");
    click(page.main());
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Look; })) << page.status();
    EXPECT_EQ(page.status(), "2 images, 1 of them cannot be read; 1 with a caption.");
    const auto text = all_text(room.registry);
    const auto& rows = control_of<Findings>(room.registry).state().at("rows");
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows[0].at("kind"), "left-out");
    EXPECT_EQ(rows[0].at("images")[0].at("label"), "<b>.png");
    EXPECT_FALSE(rows[0].at("images")[0].at("reason").get<std::string>().empty());
    EXPECT_EQ(control_of<Findings>(room.registry).state().at("seen").size(), 1U);
    ASSERT_EQ(room.context->findings.size(), rows.size()) << "the gallery gets the same";
    EXPECT_NE(text.find("things are fine"), std::string::npos);
}

TEST(CheckPage, LooksAgainAfterAChangeWhenItIsCalledForAndNotBefore) {
    TestPageContext room;
    CheckPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Ready; }));
    room.context->tell_dataset();
    EXPECT_EQ(page.status(), "The images have changed.");
    page.come();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Ready; }));
}

TEST(CheckPage, GivesItsFolderToTheRecipe) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    io::write_png(images / "a.png", io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    CheckPage page(*room.context);
    page.shown();
    auto& use = control<Button>(room.registry, "Use for training");
    EXPECT_TRUE(room.loop.run_until([&] { return use.shown(); }));
    click(use);
    EXPECT_EQ(room.context->recipe.text("data.subsets.0.folder"), "pictures");
    EXPECT_FALSE(use.shown());
    std::filesystem::create_directories(images / "10_red bird");
    io::write_png(images / "10_red bird" / "b.png",
                  io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 20)});
    page.shown();
    EXPECT_TRUE(room.loop.run_until([&] { return use.shown(); }));
    click(use);
    EXPECT_EQ(room.context->recipe.text("data.subsets.1.folder"),
              (base::Path("pictures") / "10_red bird").string());
    EXPECT_EQ(room.context->recipe.text("data.subsets.1.repeats"), "10");
    EXPECT_EQ(room.context->recipe.text("data.subsets.1.class_words"), "red bird");
}

TEST(CheckPage, TakesNoMasksToAnotherFolderAndSaysSo) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    io::write_png(images / "a.png", io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    auto typed = room.context->recipe;
    typed.type("data.subsets.0.folder", "birds");
    typed.type("data.subsets.0.trigger", "lori bird");
    typed.type("data.subsets.0.mask_folder", "masks");
    room.context->take_recipe(typed);
    room.context->type_dataset("pictures");
    CheckPage page(*room.context);
    page.shown();
    auto& use = control<Button>(room.registry, "Use for training");
    EXPECT_TRUE(room.loop.run_until([&] { return use.shown(); }));
    EXPECT_NE(page.mood(), Mood::Wrong) << "the masks of the other folder are not asked for";
    click(use);
    EXPECT_EQ(room.context->recipe.text("data.subsets.0.folder"), "pictures");
    EXPECT_EQ(room.context->recipe.text("data.subsets.0.trigger"), "lori bird");
    EXPECT_EQ(room.context->recipe.text("data.subsets.0.mask_folder"), "");
    EXPECT_NE(all_text(room.registry).find("Not taken over from birds: Mask folder."), std::string::npos);
}

TEST(CheckPage, MovesWhatCannotBeReadToTheTrashAndBack) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    io::write_png(images / "a.png", io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    base::write_whole(images / "b.png", "no image");
    CheckPage page(*room.context);
    page.shown();
    auto& findings = control_of<Findings>(room.registry);
    EXPECT_TRUE(room.loop.run_until([&] { return !findings.state().at("rows").empty(); }));
    findings.take_message({{"kind", "show"}, {"finding", "left-out"}}, {});
    EXPECT_EQ(room.context->shown_finding, "left-out");
    findings.take_message({{"kind", "trash"}, {"finding", "no-caption"}}, {});
    EXPECT_TRUE(base::is_there(images / "a.png")) << "the person chooses those in the gallery";
    findings.take_message({{"kind", "trash"}, {"finding", "left-out"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return !base::is_there(images / "b.png"); }));
    click(control<Button>(room.registry, "Undo"));
    EXPECT_TRUE(room.loop.run_until([&] { return base::is_there(images / "b.png"); }));
}

TEST(CheckPage, WritesTheWholeReport) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    io::write_png(images / "a.png", io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    CheckPage page(*room.context);
    page.shown();
    auto& whole = control<Button>(room.registry, "Whole report");
    EXPECT_TRUE(room.loop.run_until([&] { return whole.shown(); }));
    click(whole);
    EXPECT_TRUE(room.loop.run_until([&] { return page.status().find("is kept as") != std::string::npos; }));
    EXPECT_TRUE(base::read_text(room.folder.path() / "dataset-report.html").starts_with("<!doctype html>"));
}

TEST(CheckPage, TheImagesStayWhereTheyAreWhenTheRecipeTakesFoldersInsideThem) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    for (const auto* name : {"10_bird", "reg/5_bird"}) {
        std::filesystem::create_directories(images / name);
        io::write_png(images / name / "a.png",
                      io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    }
    CheckPage page(*room.context);
    page.shown();
    auto& use = control<Button>(room.registry, "Use for training");
    EXPECT_TRUE(room.loop.run_until([&] { return use.shown(); }));
    click(use);
    EXPECT_EQ(room.context->recipe.text("data.subsets.0.folder"), "pictures/10_bird");
    EXPECT_EQ(room.context->dataset_typed(), "pictures");
    EXPECT_EQ(room.context->dataset(), images);
    EXPECT_EQ(studio::progress_of(room.folder.path(), room.context->typed_pages(), {".txt"}, {}).images, 2u);
}

TEST(CheckPage, WhatBlocksIsNotCoveredUpAndCanBeMovedAway) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    io::write_png(images / "a.png", io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    base::write_whole(images / "a.txt", "caf\xE9");
    base::write_whole(images / "alone.txt", "a bird");
    CheckPage page(*room.context);
    page.shown();
    auto& use = control<Button>(room.registry, "Use for training");
    EXPECT_TRUE(room.loop.run_until([&] { return use.shown(); }));
    EXPECT_NE(all_text(room.registry).find("1 caption has no image: alone.txt."), std::string::npos);
    click(use);
    EXPECT_EQ(page.mood(), Mood::Wrong);
    EXPECT_EQ(page.status(), "These images cannot be trained on yet; see why above.");
    auto& findings = control_of<Findings>(room.registry);
    findings.take_message({{"kind", "trash"}, {"finding", "bad-caption"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return !base::is_there(images / "a.txt"); }));
    EXPECT_TRUE(base::is_there(images / "a.png"));
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Look; })) << page.status();
}

TEST(CheckPage, MovesAllButOneOfEachDuplicateToTheTrash) {
    TestPageContext room;
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    for (const auto* name : {"a.png", "b.png"})
        io::write_png(images / name, io::Image{600, 600, std::vector<std::uint8_t>(600 * 600 * 3, 90)});
    base::write_whole(images / "b.txt", "a bird");
    CheckPage page(*room.context);
    page.shown();
    auto& findings = control_of<Findings>(room.registry);
    EXPECT_TRUE(room.loop.run_until([&] { return !findings.state().at("rows").empty(); }));
    findings.take_message({{"kind", "trash"}, {"finding", "duplicates"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return !base::is_there(images / "a.png"); }));
    EXPECT_TRUE(base::is_there(images / "b.png"));
}

}  // namespace lorikeet::widgets
