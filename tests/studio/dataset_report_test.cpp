#include "studio/dataset_report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "support/small_job.hpp"

namespace lorikeet::studio {

namespace {

const base::Cancel kNoStop;

}  // namespace

TEST(DatasetReport, SaysWhatTrainingWillDoWithEachImage) {
    const support::SmallJob small;
    auto job = small.job();
    job.data.subsets[0].trigger = "zyx";
    job.data.subsets[0].repeats = 2;
    const auto report = report_on(job, kNoStop);
    EXPECT_TRUE(report.errors.empty());
    ASSERT_EQ(report.images.size(), 5U);
    EXPECT_EQ(report.images[0].caption, "zyx, a bird, number 0");
    EXPECT_GT(report.images[0].tokens, 4);
    EXPECT_EQ(report.images[0].repeats, 2);
    EXPECT_EQ(report.showings_per_epoch, 10);
    ASSERT_EQ(report.epochs.size(), 3U);
    EXPECT_EQ(report.epochs[0].size(), 10U);
    EXPECT_EQ(report.captions_longer_than(75), 0U);
    EXPECT_EQ(report.captions_longer_than(0), 5U);
    ASSERT_FALSE(report.sizes.empty());
    EXPECT_EQ(report.tags.front().tag, "a bird");
}

TEST(DatasetReport, OfAFolderAloneKnowsFoldersNamedAfterTheirRepeats) {
    const support::SmallJob small;
    const base::Path images = small.job().data.subsets[0].folder;
    EXPECT_EQ(job_of_folder(images).data.subsets.size(), 1U);
    const auto above = images.parent_path() / "set";
    std::filesystem::create_directory(above);
    std::filesystem::rename(images, above / "10_blue bird");
    const auto job = job_of_folder(above);
    ASSERT_EQ(job.data.subsets.size(), 1U);
    EXPECT_EQ(job.data.subsets[0].repeats, 10);
    EXPECT_EQ(job.data.subsets[0].class_words, "blue bird");
    const auto report = report_on(job, kNoStop);
    EXPECT_EQ(report.showings_per_epoch, 50);
    EXPECT_EQ(report.data.resolution, (std::vector<std::int64_t>{512}));  // no model is there to say
}

TEST(DatasetReport, OfNoImagesSaysWhy) {
    settings::Job job;
    job.data.subsets.resize(1);
    job.data.subsets[0].folder = "/nowhere/at/all";
    const auto report = report_on(job, kNoStop);
    EXPECT_TRUE(report.images.empty());
    EXPECT_FALSE(report.errors.empty());
}

TEST(DatasetReport, AsJsonHoldsAllOfIt) {
    const support::SmallJob small;
    auto job = small.job();
    std::filesystem::remove(base::Path(job.data.subsets[0].folder) / "image3.txt");
    const auto json = nlohmann::json::parse(json_of(report_on(job, kNoStop)));
    EXPECT_EQ(json["images"].size(), 5U);
    EXPECT_EQ(json["images"][3]["has_caption"], false);
    EXPECT_EQ(json["findings"][0]["kind"], "no-caption");
    EXPECT_EQ(json["findings"][0]["files"][0], json["images"][3]["file"]);
    EXPECT_EQ(json["epochs"].size(), 3U);
}

}  // namespace lorikeet::studio
