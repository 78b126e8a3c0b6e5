#include "studio/dataset_files.hpp"

#include <chrono>
#include <fstream>

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

TEST(DatasetLister, ReadsAgainOnlyWhatHasChanged) {
    const support::TempFolder folder;
    const auto at = folder.path();
    const auto age = [&](const std::string& name, int seconds) {
        const auto now = std::filesystem::file_time_type::clock::now();
        std::filesystem::last_write_time(at / name, now - std::chrono::seconds(seconds));
    };
    for (const auto* name : {"a", "b", "c"}) {
        put(at / (std::string(name) + ".png"), "x");
        put(at / (std::string(name) + ".txt"), std::string("of ") + name);
        age(std::string(name) + ".txt", 100);
    }
    DatasetLister lister;
    const auto captions = [&](const std::vector<std::string>& extensions = kTexts) {
        std::vector<std::string> all;
        for (const auto& image : lister.list(at, extensions, {}).images) all.push_back(image.caption);
        return all;
    };
    EXPECT_EQ(captions(), (std::vector<std::string>{"of a", "of b", "of c"}));
    EXPECT_EQ(captions(), (std::vector<std::string>{"of a", "of b", "of c"}));
    EXPECT_EQ(lister.captions_read(), 3U);
    put(at / "b.txt", "of x");  // of the same size
    age("b.txt", 50);
    EXPECT_EQ(captions(), (std::vector<std::string>{"of a", "of x", "of c"}));
    EXPECT_EQ(lister.captions_read(), 4U);
    std::filesystem::rename(at / "c.txt", at / "d.txt");  // gone, and another one that comes first
    put(at / "a.caption", "not taken");
    EXPECT_EQ(captions(), (std::vector<std::string>{"of a", "of x", ""}));
    EXPECT_EQ(captions({".caption"}), (std::vector<std::string>{"not taken", "", ""}));
    EXPECT_EQ(captions(), (std::vector<std::string>{"of a", "of x", ""}));
}

// Written twice within one tick of the disk's clock, a file looks as it did.
TEST(DatasetLister, DoesNotTrustAFileThatWasJustWritten) {
    const support::TempFolder folder;
    put(folder.path() / "a.png", "x");
    put(folder.path() / "a.txt", "one");
    DatasetLister lister;
    EXPECT_EQ(lister.list(folder.path(), kTexts, {}).images.at(0).caption, "one");
    const auto time = std::filesystem::last_write_time(folder.path() / "a.txt");
    std::ofstream(folder.path() / "a.txt") << "two";  // in place: the same number and size
    std::filesystem::last_write_time(folder.path() / "a.txt", time);
    EXPECT_EQ(lister.list(folder.path(), kTexts, {}).images.at(0).caption, "two");
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
