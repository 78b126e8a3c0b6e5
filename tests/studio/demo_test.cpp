#include "studio/demo.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/home.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "settings/check.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(Demo, ItsJobIsInOrderAndTakesWhatComesAlong) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    const auto problems = settings::check(job);
    EXPECT_TRUE(problems.empty()) << base::to_text(problems);
    EXPECT_EQ(job.model.checkpoint, "tiny");
    ASSERT_EQ(job.data.subsets.size(), 1U);
    EXPECT_EQ(base::Path(job.data.subsets[0].folder), base::try_find_asset("lorikeet"));
}

TEST(Demo, EveryShippedPictureHasItsCaptionAndIsAsLargeAsItIsTrainedAt) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    std::size_t pictures = 0;
    for (const auto& entry : std::filesystem::directory_iterator(job.data.subsets.at(0).folder)) {
        if (!io::has_image_extension(entry.path())) continue;
        ++pictures;
        const auto image = io::read_image(entry.path());
        EXPECT_GE(std::min(image.width_px, image.height_px), job.data.resolution.front()) << entry.path();
        const auto caption = base::read_text(base::Path(entry.path()).replace_extension(".txt"));
        EXPECT_NE(caption.find("lorikeet"), std::string::npos) << entry.path();
    }
    EXPECT_GE(pictures, 10U);
}

TEST(Demo, WritesNowhereButIntoItsFolder) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    EXPECT_EQ(job.output.folder, folder.path().string());
    EXPECT_EQ(base::Path(job.data.cache_folder).parent_path(), folder.path());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace lorikeet::studio
