#include "tag/kept_scores.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::tag {

namespace {

const TagList kThree = {{"general", Category::Rating}, {"a", Category::General}, {"b", Category::General}};

}  // namespace

TEST(KeptScores, ComeBackForTheSameImageAndTagger) {
    const support::TempFolder folder;
    const auto file = folder.path() / ".scores";
    {
        KeptScores kept(file, "one", kThree);
        kept.keep("sub/a.png", "10:1", {0.001F, 0.123456F, 0.009F});
        EXPECT_EQ(kept.find("sub/a.png", "10:1"), (Scores{0.001F, 0.123456F, 0.0F}));
        kept.save();
    }
    const KeptScores again(file, "one", kThree);
    EXPECT_EQ(again.find("sub/a.png", "10:1"), (Scores{0.001F, 0.123456F, 0.0F}))
        << "ratings always, others from 0.01 on";
    EXPECT_FALSE(again.find("sub/a.png", "10:2")) << "the image was changed";
    EXPECT_FALSE(again.find("b.png", "10:1"));
    EXPECT_FALSE(KeptScores(file, "two", kThree).find("sub/a.png", "10:1")) << "another tagger";
}

TEST(KeptScores, NamesOfAnyBytesAreKept) {
    const support::TempFolder folder;
    const auto file = folder.path() / ".scores";
    const std::vector<std::string> names{"caf\xE9.png", "__metadata__", "bytes:00", "bytes:6279"};
    {
        KeptScores kept(file, "one", kThree);
        for (std::size_t i = 0; i < names.size(); ++i)
            kept.keep(names[i], "1", {0, 0.25F * static_cast<float>(i + 1), 0});
        kept.save();
    }
    const KeptScores again(file, "one", kThree);
    for (std::size_t i = 0; i < names.size(); ++i)
        EXPECT_EQ(again.find(names[i], "1").value()[1], 0.25F * static_cast<float>(i + 1)) << names[i];
}

TEST(KeptScores, WhatIsDamagedCountsAsNone) {
    const support::TempFolder folder;
    const auto file = folder.path() / ".scores";
    base::write_whole(file, "no scores");
    KeptScores kept(file, "one", kThree);
    EXPECT_FALSE(kept.find("a.png", "1"));
    kept.keep("a.png", "1", {0.5F, 0.5F, 0.5F});
    kept.save();
    EXPECT_TRUE(KeptScores(file, "one", kThree).find("a.png", "1"));
    const TagList two(kThree.begin(), kThree.begin() + 2);
    EXPECT_FALSE(KeptScores(file, "one", two).find("a.png", "1")) << "more tags than there are";
    kept.forget();
    EXPECT_FALSE(std::filesystem::exists(file));
    kept.save();
    EXPECT_FALSE(std::filesystem::exists(file)) << "nothing was kept since";
}

}  // namespace lorikeet::tag
