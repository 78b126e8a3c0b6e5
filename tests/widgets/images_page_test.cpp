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

TEST(ImagesPage, AnArchiveThatIsNoneIsSaidBesideTheFieldAndCanBeRemoved) {
    WithImagesPage room;
    room.put("a", "a cat");
    base::write_whole(room.images / "broken.zip", "PK\x03\x04 and nothing more");
    ImagesPage page(*room.context);
    page.shown();
    auto& upload = page.upload();
    EXPECT_TRUE(room.loop.run_until([&] { return !upload.state().at("archives").empty(); }));
    EXPECT_EQ(upload.state().at("archives")[0], "broken.zip");
    const auto press = [&](const char* kind) {
        upload.take_message({{"kind", kind},
                             {"window", "w"},
                             {"key", upload.state().at("key")},
                             {"archive", 0},
                             {"shown", "broken.zip"}},
                            {});
    };
    press("unpack");
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; })) << page.status();
    ASSERT_EQ(upload.state().at("unpacked").size(), 1U);
    EXPECT_EQ(upload.state().at("unpacked")[0].at("failed"), true);
    EXPECT_NE(upload.state().at("unpacked")[0].at("sentence").get<std::string>().find("damaged"),
              std::string::npos)
        << upload.state().at("unpacked")[0];
    EXPECT_TRUE(room.loop.run_until([&] { return !upload.state().at("archives").empty(); }));
    press("remove");
    EXPECT_TRUE(room.loop.run_until([&] { return !base::is_there(room.images / "broken.zip"); }));
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Done; })) << page.status();
    page.gallery().take_message({{"kind", "undo"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return base::is_there(room.images / "broken.zip"); }));
}

TEST(ImagesPage, AFileInPlaceOfTheFolderIsSaid) {
    WithImagesPage room;
    base::write_whole(room.folder.path() / "list.txt", "x");
    ImagesPage page(*room.context);
    room.context->type_dataset("list.txt");
    page.shown();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; })) << page.status();
}

}  // namespace lorikeet::widgets
