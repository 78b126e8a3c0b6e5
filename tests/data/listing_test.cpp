#include "data/listing.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/support.hpp"

namespace lorikeet::data {
namespace {

const std::vector<std::string> kCaptions{".txt", ".caption"};

}  // namespace

TEST(Listing, ImagesAreToldByWhatTheyHoldOrByTheirEnding) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", image(1));
    std::filesystem::copy(folder.path() / "a.png", folder.path() / "b.jpg_large");
    std::filesystem::copy(folder.path() / "a.png", folder.path() / "no ending");
    base::write_whole(folder.path() / "broken.tif", "nothing of an image");
    for (const auto* name : {".DS_Store", "Thumbs.db", "._a.png", "desktop.ini"})
        base::write_whole(folder.path() / name, "x");
    const auto listing = list_folder(folder.path(), kCaptions);
    ASSERT_EQ(listing.images.size(), 4U);
    EXPECT_EQ(listing.images[1].filename(), "b.jpg_large");
    EXPECT_TRUE(listing.unused.empty()) << words_of(listing.unused);
}

TEST(Listing, WhatIsNotUsedIsCountedByReasonAndNamed) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", image(1));
    for (const auto* name : {"a.txt", "b.txt", "a.png.txt", "1.pdf", "2.pdf", "3.pdf", "4.pdf", "a.captions"})
        base::write_whole(folder.path() / name, "x");
    std::filesystem::create_symlink("/nowhere/at/all.png", folder.path() / "gone.png");
    std::filesystem::create_directory(folder.path() / "inner.png");
    ASSERT_EQ(::mkfifo((folder.path() / "pipe.png").c_str(), 0600), 0);
    const auto listing = list_folder(folder.path(), kCaptions);
    EXPECT_EQ(listing.images.size(), 1U);
    EXPECT_EQ(
        words_of(listing.unused),
        "1 link that leads nowhere (gone.png), 2 captions without an image (a.png.txt, b.txt), "
        "5 files of kinds that are not read (1.pdf, 2.pdf, 3.pdf and 2 more), 1 folder inside, which is "
        "not looked into (inner.png), 1 thing that is no file (pipe.png)");
}

TEST(Listing, LinksToFilesAndFoldersAreFollowed) {
    const support::TempFolder folder;
    std::filesystem::create_directory(folder.path() / "real");
    io::write_png(folder.path() / "real" / "a.png", image(1));
    std::filesystem::create_symlink("a.png", folder.path() / "real" / "b.png");
    std::filesystem::create_symlink("real", folder.path() / "link");
    EXPECT_EQ(list_folder(folder.path() / "link", kCaptions).images.size(), 2U);
}

TEST(Listing, FoldersInsideAreLookedIntoAtWill) {
    const support::TempFolder folder;
    const auto inner = folder.path() / "b" / "c";
    std::filesystem::create_directories(inner);
    std::filesystem::create_directories(folder.path() / ".lorikeet-cache");
    io::write_png(folder.path() / "z.png", image(1));
    io::write_png(inner / "a.png", image(2));
    io::write_png(folder.path() / ".lorikeet-cache" / "thumb.png", image(3));
    base::write_whole(inner / "a.txt", "its caption");
    base::write_whole(inner / "lone.txt", "nobody's");
    std::filesystem::create_symlink("..", inner / "round");  // would never end
    const auto nested = list_folder(folder.path(), kCaptions, Nested::Yes);
    ASSERT_EQ(nested.images.size(), 2U);
    EXPECT_EQ(nested.images[0], inner / "a.png");
    EXPECT_EQ(words_of(nested.unused),
              "1 caption without an image (b/c/lone.txt), 1 folder inside, which is not looked into "
              "(b/c/round)");
    EXPECT_EQ(nested.folders, 1U);
    EXPECT_EQ(list_folder(folder.path(), kCaptions).images.size(), 1U);
}

TEST(Listing, AFolderThatCannotBeReadSaysWhy) {
    const support::TempFolder folder;
    EXPECT_EQ(list_folder(folder.path() / "absent", kCaptions).trouble, "No such file or directory");
    EXPECT_EQ(list_folder(folder.path() / std::string(300, 'x'), kCaptions).trouble, "File name too long");
}

}  // namespace lorikeet::data
