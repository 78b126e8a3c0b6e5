#include "studio/dataset_files.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

const std::vector<std::string> kTexts{".txt", ".caption"};

void put(const base::Path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    base::write_whole(file, text);
}

}  // namespace

TEST(DatasetFiles, ListsImagesWithTheirCaptionsAndNothingOfOurs) {
    support::TempFolder folder;
    const auto at = folder.path();
    put(at / "b.png", "x");
    put(at / "b.txt", "\n a cat, red \nmore");
    put(at / "a.JPG", "x");
    put(at / "10_in" / "c.webp", "x");
    put(at / "10_in" / "c.caption", "");
    put(at / "photos.zip", "x");
    put(at / "notes.pdf", "x");
    put(at / ".lorikeet-trash" / "1" / "gone.png", "x");
    put(at / ".b.png.100.part", "x");
    std::filesystem::create_directory_symlink(at, at / "round");
    const auto listing = list_dataset(at, kTexts, {});
    ASSERT_EQ(listing.images.size(), 3U);
    EXPECT_EQ(listing.images[0].name, "10_in/c.webp");
    EXPECT_EQ(listing.images[0].captions, std::vector<std::string>{"10_in/c.caption"});
    EXPECT_EQ(listing.images[1].name, "a.JPG");
    EXPECT_TRUE(listing.images[1].captions.empty());
    EXPECT_EQ(listing.images[2].caption, "a cat, red");
    EXPECT_EQ(listing.inside, 1U);
    EXPECT_EQ(listing.unfinished, 1U);
    EXPECT_EQ(listing.archives, std::vector<std::string>{"photos.zip"});
    EXPECT_EQ(listing.others, std::vector<std::string>{"notes.pdf"});
    EXPECT_EQ(listing.captions, (std::vector<std::string>{"10_in/c.caption", "b.txt"}));
    EXPECT_TRUE(list_dataset(at / "nowhere", kTexts, {}).images.empty());
}

TEST(DatasetFiles, ChipsAreTheFirstTags) {
    EXPECT_EQ(first_tags("a cat, , red fur, sofa", 2), (std::vector<std::string>{"a cat", "red fur"}));
    EXPECT_EQ(first_tags("", 3).size(), 0U);
    const auto longer = first_tags(std::string(200, 'x'), 3);
    EXPECT_LT(longer.at(0).size(), 50U);
}

TEST(DatasetFiles, ACaptionThatIsNoTextIsNotCalledNone) {
    const support::TempFolder folder;
    put(folder.path() / "a.png", "x");
    put(folder.path() / "a.txt", "caf\xE9");
    put(folder.path() / "b.png", "x");
    put(folder.path() / "c.txt", "alone");
    const auto listing = list_dataset(folder.path(), kTexts, {});
    EXPECT_TRUE(listing.images.at(0).bad_caption);
    EXPECT_FALSE(listing.images.at(1).bad_caption);
    EXPECT_EQ(listing.orphans(), std::vector<std::string>{"c.txt"});
}

}  // namespace lorikeet::studio
