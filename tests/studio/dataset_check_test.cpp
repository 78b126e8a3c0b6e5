#include "studio/dataset_check.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

void put_image(const base::Path& file) {
    io::write_png(file, {600, 512, std::vector<std::uint8_t>(600 * 512 * 3, 80)});
}

settings::Job small() {
    settings::Job job;
    job.data.resolution = {512};
    return job;
}

}  // namespace

TEST(DatasetCheck, TellsWhatIsFineAndWhatIsNot) {
    support::TempFolder folder;
    put_image(folder.path() / "a.png");
    base::write_whole(folder.path() / "a.txt", "a cat");
    auto check = check_dataset(folder.path(), small(), {});
    EXPECT_EQ(check.images, 1U);
    EXPECT_EQ(check.captioned, 1U);
    EXPECT_TRUE(check.wrong.empty());
    ASSERT_EQ(check.seen.size(), 1U);
    EXPECT_EQ(check.seen[0].captions, std::vector<std::string>{"a cat"});
    EXPECT_FALSE(check.seen[0].thumbnail().empty());
    ASSERT_EQ(check.parts.size(), 1U);
    EXPECT_EQ(check.parts[0].name, "a.png");
    EXPECT_GT(check.parts[0].width, 0.8);
    EXPECT_LE(check.parts[0].left + check.parts[0].width, 1.0);
    EXPECT_EQ(check.good.front(), "The image can be read to its end.");

    put_image(folder.path() / "b.png");
    base::write_whole(folder.path() / "c.png", "\x89PNG\r\n\x1a\nnothing of an image");
    std::size_t told = 0;
    check = check_dataset(folder.path(), small(), {}, [&](std::size_t, std::size_t total) { told = total; });
    EXPECT_EQ(told, 3U);
    EXPECT_EQ(check.images, 2U);
    EXPECT_EQ(check.captioned, 1U);
    ASSERT_FALSE(check.findings.empty());
    EXPECT_EQ(check.findings[0].kind, "left-out");
    EXPECT_EQ(check.findings[0].what, "1 image cannot be read and is left out.");
    EXPECT_EQ(check.findings[0].names, std::vector<std::string>{"c.png"});
    EXPECT_EQ(check.findings[0].reasons.at(0).find(folder.path().string()), std::string::npos)
        << check.findings[0].reasons.at(0);
    EXPECT_EQ(check.findings[0].reasons.at(0), "It is damaged or cut off.");
    const auto bare = std::find_if(check.findings.begin(), check.findings.end(),
                                   [](const auto& finding) { return finding.kind == "no-caption"; });
    ASSERT_NE(bare, check.findings.end());
    EXPECT_EQ(bare->names, std::vector<std::string>{"b.png"});
}

TEST(DatasetCheck, TakesEachFolderAsASubset) {
    support::TempFolder folder;
    put_image(folder.path() / "b.png");
    std::filesystem::create_directories(folder.path() / "10_bird");
    put_image(folder.path() / "10_bird" / "a.png");
    const auto check = check_dataset(folder.path(), small(), {});
    EXPECT_EQ(check.images, 2U);
    const auto folders = folders_of(folder.path());
    ASSERT_EQ(folders.size(), 2U);
    EXPECT_EQ(folders[0].folder, "");
    EXPECT_EQ(folders[1].folder, "10_bird");
    EXPECT_EQ(folders[1].repeats, 10);
    EXPECT_TRUE(std::any_of(check.parts.begin(), check.parts.end(),
                            [](const auto& part) { return part.name == "10_bird/a.png"; }));
}

TEST(DatasetCheck, UsesTheFoldersOfTheJobAsItSays) {
    support::TempFolder folder;
    put_image(folder.path() / "a.png");
    auto job = small();
    job.data.subsets.emplace_back().folder = folder.path().string();
    job.data.subsets.back().mask_folder = (folder.path() / "masks").string();
    const auto check = check_dataset(folder.path(), job, {});
    EXPECT_FALSE(check.wrong.empty()) << "the mask is missing";
}

TEST(DatasetCheck, OfAnEmptyFolderSaysSo) {
    support::TempFolder folder;
    const auto check = check_dataset(folder.path(), small(), {});
    EXPECT_EQ(check.images, 0U);
    EXPECT_EQ(check.wrong.size(), 1U);
    EXPECT_TRUE(check.good.empty());
}

TEST(DatasetCheck, ACaptionThatIsNoTextIsOneFindingThatBlocks) {
    support::TempFolder folder;
    put_image(folder.path() / "a.png");
    base::write_whole(folder.path() / "a.txt", "caf\xE9");
    base::write_whole(folder.path() / "alone.txt", "a cat");
    const auto check = check_dataset(folder.path(), small(), {});
    EXPECT_FALSE(check.can_train());
    EXPECT_TRUE(check.wrong.empty()) << "it is said once";
    ASSERT_FALSE(check.findings.empty());
    EXPECT_EQ(check.findings[0].kind, "bad-caption");
    EXPECT_EQ(check.findings[0].reasons.at(0), "a.txt is not UTF-8 text.");
    EXPECT_TRUE(std::none_of(check.findings.begin(), check.findings.end(),
                             [](const auto& finding) { return finding.kind == "no-caption"; }));
    EXPECT_EQ(check.orphans, std::vector<std::string>{"alone.txt"});
}

TEST(DatasetCheck, TrainsAtTheSizeOfTheModelThatWasChosen) {
    support::TempFolder folder;
    put_image(folder.path() / "a.png");
    settings::Job job;
    ASSERT_EQ(job.model.checkpoint, "tiny");
    EXPECT_LT(check_dataset(folder.path(), job, {}).seen.at(0).width_px, 100);
    job.model.checkpoint.clear();
    const auto check = check_dataset(folder.path(), job, {});
    EXPECT_GE(check.seen.at(0).width_px, 512);
    EXPECT_TRUE(std::any_of(check.good.begin(), check.good.end(), [](const auto& sentence) {
        return sentence.find("no model is chosen yet") != std::string::npos;
    }));
}

}  // namespace lorikeet::studio
