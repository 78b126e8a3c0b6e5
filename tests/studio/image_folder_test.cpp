#include "studio/image_folder.hpp"

#include <span>

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {
namespace {

const std::vector<std::string> kCaptions{".txt"};

io::Image blank(std::int64_t width_px, std::int64_t height_px) {
    return {width_px, height_px,
            std::vector<std::uint8_t>(static_cast<std::size_t>(width_px * height_px * 3), 99)};
}

ImageFolderSummary look(const base::Path& folder) {
    return look_at_images(folder, kCaptions, base::Cancel());
}

}  // namespace

TEST(ImageFolder, SamplesAmongTheImagesAreTold) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", blank(40, 30));
    EXPECT_EQ(look(folder.path()).hint, "");
    io::write_png(folder.path() / "b.png", blank(40, 30), {{"parameters", "a bird\nSteps: 20"}});
    const auto found = look(folder.path());
    EXPECT_EQ(found.images, 2);
    EXPECT_EQ(found.generated, 1);
    EXPECT_EQ(found.hint,
              "One image carries a prompt, as samples do. Samples of a LoRA do not belong here: move them to "
              "another folder.");
}

TEST(ImageFolder, SaysInOneSentenceWhatLiesThere) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", blank(40, 30));
    io::write_png(folder.path() / "b.png", blank(80, 20));
    base::write_whole(folder.path() / "a.txt", "a bird");
    base::write_whole(folder.path() / "c.jpg", "not an image");
    base::write_whole(folder.path() / "notes.md", "x");
    std::filesystem::create_directories(folder.path() / "more");
    const auto found = look(folder.path());
    EXPECT_EQ(found.sentence, "2 images, 1 with captions, 40 x 30 to 80 x 20 pixels");
    EXPECT_EQ(found.captions_missing, 1);
    ASSERT_EQ(found.left_out.size(), 1u);
    EXPECT_NE(found.left_out[0].what, "");
    EXPECT_EQ(found.folders, 1);
    EXPECT_EQ(found.files.size(), 2u);
    EXPECT_EQ(found.trouble, "");
}

TEST(ImageFolder, WhatIsWrongWithAFolderIsAnAnswer) {
    const support::TempFolder folder;
    EXPECT_EQ(look("").trouble, "No folder is given.");
    EXPECT_NE(look(folder.path() / "absent").trouble.find("There is no folder"), std::string::npos);
    EXPECT_NE(look(folder.path()).trouble.find("There are no images"), std::string::npos);
    EXPECT_NE(look(folder.path()).hint.find("TIFF, AVIF, HEIC and JPEG XL"), std::string::npos);
    base::write_whole(folder.path() / "a.png", "broken");
    EXPECT_NE(look(folder.path()).trouble.find("can be read"), std::string::npos);
    EXPECT_NE(look(folder.path() / "a.png").trouble.find("not a folder"), std::string::npos);
}

TEST(SmallPng, ItsLongestSideIsAsAsked) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", blank(1000, 400));
    const auto png = small_png(folder.path() / "a.png", 256);
    const auto facts = io::peek_image(std::as_bytes(std::span(png)), "small");
    EXPECT_EQ(facts.width_px, 256);
    EXPECT_EQ(facts.height_px, 102);
    io::write_png(folder.path() / "thin.png", blank(2000, 2));
    const auto thin = small_png(folder.path() / "thin.png", 100);
    EXPECT_EQ(io::peek_image(std::as_bytes(std::span(thin)), "thin").height_px, 1);
}

TEST(SmallPng, ASmallImageStaysAsItIs) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", blank(40, 30));
    const auto png = small_png(folder.path() / "a.png", 256);
    EXPECT_EQ(io::decode_image(std::as_bytes(std::span(png)), "small"), blank(40, 30));
}

TEST(ImageFolder, SeveralAreCountedTogether) {
    const support::TempFolder folder;
    for (const auto* name : {"a", "b"}) std::filesystem::create_directory(folder.path() / name);
    io::write_png(folder.path() / "a" / "1.png", blank(40, 30));
    io::write_png(folder.path() / "b" / "1.png", blank(80, 30));
    base::write_whole(folder.path() / "b" / "1.txt", "a bird");
    const auto all = together({look(folder.path() / "a"), look(folder.path() / "b")});
    EXPECT_EQ(all.sentence, "2 images in 2 folders, 1 with captions, 40 x 30 to 80 x 30 pixels");
    EXPECT_EQ(together({look(folder.path() / "b")}).sentence, "1 image, with a caption, 80 x 30 pixels");
}

}  // namespace lorikeet::studio
