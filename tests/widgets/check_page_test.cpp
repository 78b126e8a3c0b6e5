#include "widgets/check_page.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

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
    EXPECT_EQ(page.status(), "1 image, all with a caption.");
    const auto text = all_text(room.registry);
    EXPECT_NE(text.find("&lt;b&gt;.png"), std::string::npos) << text;
    EXPECT_EQ(text.find("<b>.png"), std::string::npos);
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

}  // namespace lorikeet::widgets
