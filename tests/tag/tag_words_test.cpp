#include "tag/tag_words.hpp"

#include <gtest/gtest.h>

namespace lorikeet::tag {

using Tags = std::vector<std::string>;

TEST(TagWords, ASeriesIsPartedFromItsCharacter) {
    EXPECT_EQ(split_series("nami_(one_piece)"), (Tags{"nami", "one_piece"}));
    EXPECT_EQ(split_series("artoria_(lancer)_(fate)"), (Tags{"artoria_(lancer)", "fate"}));
    EXPECT_EQ(split_series("hatsune_miku"), (Tags{"hatsune_miku"}));
    for (const auto* whole : {"(o)", "x_()", "a)", "(a", ""}) EXPECT_EQ(split_series(whole), (Tags{whole}));
}

TEST(TagWords, WhatAnotherTagSaysTooIsImplied) {
    EXPECT_EQ(without_implied({"1girl", "hair", "long hair", "very long hair", "shirt", "white_shirt"}),
              (Tags{"1girl", "very long hair", "white_shirt"}));
    EXPECT_EQ(without_implied({"girl", "1girl"}), (Tags{"girl", "1girl"})) << "whole words alone";
    EXPECT_EQ(without_implied({"hair", "hair ribbon"}), (Tags{"hair", "hair ribbon"}))
        << "a ribbon is no hair";
    EXPECT_EQ(without_implied({"long hair", "Long_Hair"}), (Tags{"long hair", "Long_Hair"}))
        << "the same is not implied";
    EXPECT_TRUE(without_implied({}).empty());
}

TEST(TagWords, EachTagIsThereOnce) {
    EXPECT_EQ(each_once({"long hair", "solo", "Long_Hair", "solo"}), (Tags{"long hair", "solo"}));
}

TEST(TagWords, FirstTagsComeInTheirOrder) {
    EXPECT_EQ(brought_forward({"solo", "1girl", "smile", "hat"}, {"1girl", "hat", "no such"}),
              (Tags{"1girl", "hat", "solo", "smile"}));
    EXPECT_EQ(brought_forward({"solo", "red_hair", "long hair"}, {"*hair"}),
              (Tags{"red_hair", "long hair", "solo"}));
    EXPECT_EQ(brought_forward({"b", "a"}, {}), (Tags{"b", "a"}));
}

}  // namespace lorikeet::tag
