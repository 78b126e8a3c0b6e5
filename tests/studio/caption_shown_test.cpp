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
    EXPECT_GT(shown.tokens, 75);
    EXPECT_EQ(shown.most, 75);
}

TEST(CaptionReader, ReadsWhatIsTypedAsTheFolderOfTheImageIsTaught) {
    settings::Job job;
    job.data.subsets.resize(2);
    auto& birds = job.data.subsets[0];
    birds.folder = "/a/birds";
    birds.trigger = "zyx";
    auto& cats = job.data.subsets[1];
    cats.folder = "/a/cats/";
    cats.trigger = "abc";
    cats.class_words = "a cat";
    const CaptionReader reader(job.model);
    EXPECT_EQ(reader.shown(job, "/a/birds/1.png", "\n red,  beak\nmore").caption, "zyx, red,  beak");
    EXPECT_EQ(reader.shown(job, "/a/./cats/1.png", "fur").caption, "abc, fur");
    EXPECT_EQ(reader.shown(job, "/a/cats/1.png", " \n").caption, "abc, a cat");
    EXPECT_EQ(reader.shown(job, "/elsewhere/1.png", "x").caption, "zyx, x");
    EXPECT_EQ(reader.shown({}, "/1.png", "\xC3").caption, "") << "half a letter";
}

}  // namespace lorikeet::studio
