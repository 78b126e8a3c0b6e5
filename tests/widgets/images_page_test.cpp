#include "widgets/images_page.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "io/image.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

namespace {

struct WithImagesPage : TestPageContext {
    WithImagesPage() : images(folder.path() / "pictures") { std::filesystem::create_directories(images); }
    void put(const std::string& name, const std::string& caption) const {
        io::write_png(images / (name + ".png"), io::Image{4, 4, std::vector<std::uint8_t>(48, 90)});
        if (!caption.empty()) base::write_whole(images / (name + ".txt"), caption);
    }
    bool says(const Page& page, const std::string& sentence) {
        return loop.run_until([&] { return page.status() == sentence; });
    }
    base::Path images;
};

}  // namespace

TEST(ImagesPage, InvitesWhereNothingIsAndShowsWhatIsThere) {
    WithImagesPage room;
    ImagesPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "No images yet: drop some above."));
    EXPECT_EQ(page.upload().state().at("empty"), true);
    room.put("a", "a cat");
    room.put("b", "");
    page.shown();
    EXPECT_TRUE(room.says(page, "2 images, 1 with a caption.")) << page.status();
    EXPECT_EQ(page.upload().state().at("empty"), false);
    EXPECT_EQ(page.gallery().state().at("items").size(), 2U);
}

TEST(ImagesPage, WhatIsDeletedComesBackAlsoAfterARestart) {
    WithImagesPage room;
    room.put("a", "a cat");
    room.put("b", "a dog");
    {
        ImagesPage page(*room.context);
        page.shown();
        EXPECT_TRUE(room.says(page, "2 images, all with a caption."));
        page.gallery().take_message({{"kind", "trash"}, {"names", {"a.png"}}}, {});
        EXPECT_TRUE(room.says(page, "1 image, all with a caption."));
        EXPECT_FALSE(base::is_there(room.images / "a.txt"));
        EXPECT_EQ(page.gallery().state().at("undo"), "1 image moved to the trash");
        EXPECT_NE(all_text(room.registry).find("1 image moved to the trash."), std::string::npos);
    }
    room.restart();
    ImagesPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "1 image, all with a caption."));
    page.gallery().take_message({{"kind", "undo"}}, {});
    EXPECT_TRUE(room.says(page, "2 images, all with a caption."));
    EXPECT_EQ(base::read_text(room.images / "a.txt"), "a cat");
    EXPECT_EQ(page.gallery().state().at("undo"), "");
}

TEST(ImagesPage, FollowsTheFolderOfTheProject) {
    WithImagesPage room;
    room.put("a", "a cat");
    ImagesPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "1 image, all with a caption."));
    room.context->type_dataset("elsewhere");
    EXPECT_TRUE(room.says(page, "No images yet: drop some above."));
}

}  // namespace lorikeet::widgets
