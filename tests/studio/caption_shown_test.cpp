#include "studio/caption_shown.hpp"

#include <gtest/gtest.h>

#include "models/family.hpp"

namespace lorikeet::studio {

TEST(CaptionShown, SaysWhatIsReadAndShortensWhatIsNot) {
    settings::Job job;
    job.data.subsets.resize(1);
    job.data.subsets[0].trigger = "zyx";
    data::DatasetImage image;
    image.file = "birds/one.png";
    image.caption = "a bird";
    const auto tokens = models::families().front()->make_token_counter();
    auto shown = shown_caption(*tokens, job, image);
    EXPECT_EQ(shown.file, "one.png");
    EXPECT_EQ(shown.caption, "zyx, a bird");
    EXPECT_EQ(shown.unread, "");
    for (int i = 0; i < 300; ++i) image.caption += " and another";
    shown = shown_caption(*tokens, job, image);
    EXPECT_FALSE(shown.unread.empty());
    EXPECT_LT(shown.unread.size(), 400U);
    EXPECT_NE(shown.unread.find("bytes more"), std::string::npos);
}

}  // namespace lorikeet::studio
