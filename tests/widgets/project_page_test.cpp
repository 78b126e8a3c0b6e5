#include "widgets/project_page.hpp"

#include <gtest/gtest.h>

#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

TEST(ProjectPage, RemembersTheFolderAndSaysWhatIsThere) {
    TestPageContext room;
    {
        ProjectPage page(*room.context);
        EXPECT_TRUE(room.loop.run_until([&] { return page.status() == "This folder is new."; }));
        std::filesystem::create_directories(room.folder.path() / "birds");
        base::write_whole(room.folder.path() / "birds" / "a.png", "x");
        type_into(control<Text>(room.registry, "Folder of the images"), " 'birds' ");
        EXPECT_TRUE(room.loop.run_until([&] { return page.status() == "1 image there."; })) << page.status();
    }
    room.context->saver.settle();
    room.restart();
    ProjectPage page(*room.context);
    EXPECT_EQ(control<Text>(room.registry, "Folder of the images").value(), " 'birds' ");
    EXPECT_EQ(room.context->dataset(), room.folder.path() / "birds");
}

TEST(ProjectPage, BeginsWithTheFolderOfTheRecipeAndSaysWhatCannotBe) {
    TestPageContext room;
    room.context->type_recipe("data.subsets.0.folder", "cats");
    base::write_whole(room.folder.path() / "file", "x");
    ProjectPage page(*room.context);
    auto& field = control<Text>(room.registry, "Folder of the images");
    EXPECT_EQ(field.value(), "cats");
    for (const auto* wrong : {"file", ""}) {
        type_into(field, wrong);
        EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; })) << wrong;
        type_into(field, "cats");
        EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Ready; }));
    }
}

}  // namespace lorikeet::widgets
