#include "train/caption_cleaning.hpp"

#include <gtest/gtest.h>

#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

std::vector<data::DatasetImage> images_with(const std::vector<std::string>& captions) {
    std::vector<data::DatasetImage> images;
    for (const auto& caption : captions) {
        auto& image = images.emplace_back();
        image.file = base::Path("/pictures") / (std::to_string(images.size()) + ".png");
        image.caption = caption;
    }
    return images;
}

}  // namespace

TEST(CaptionCleaning, IsSilentWhereNothingChanges) {
    EXPECT_TRUE(
        news_of_cleaning(support::SmallJob().job(), images_with({"a red bird", "café, 日本", ""})).empty());
}

TEST(CaptionCleaning, SaysWhatChangesAndInWhichCaptions) {
    auto job = support::SmallJob().job();
    const auto images = images_with({"a bird’s tail", "“x”", "b", "‘y’ &amp; ‘z’", "it’s"});
    const auto news = news_of_cleaning(job, images);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].where, "model.text_cleaning");
    EXPECT_EQ(
        news[0].what,
        "4 captions are cleaned as CLIP's were: 1 with HTML entities decoded (4.png), 4 with curly quotes "
        "made straight (1.png, 2.png, 4.png and 1 more).");
    EXPECT_EQ(news_of_cleaning(job, images_with({"it’s"})).at(0).what,
              "1 caption is cleaned as CLIP's were: 1 with curly quotes made straight (1.png).");
    job.model.text_cleaning = settings::TextCleaning::None;
    EXPECT_TRUE(news_of_cleaning(job, images).empty());
}

TEST(CaptionCleaning, NamesCaptionsOfAWrongEncoding) {
    auto job = support::SmallJob().job();
    job.model.text_cleaning = settings::TextCleaning::None;
    const auto news = news_of_cleaning(job, images_with({"a cafÃ©", "a café"}));
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].what, "1 caption seems to have been read in a wrong encoding, as \"cafÃ©\" is: 1.png.");
}

}  // namespace lorikeet::train
