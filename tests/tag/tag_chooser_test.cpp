#include "tag/tag_chooser.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::tag {

namespace {

using Tags = std::vector<std::string>;
using settings::RatingTag;
using settings::Tagging;

const TagList kKnown = {{"general", Category::Rating},
                        {"explicit", Category::Rating},
                        {"1girl", Category::General},
                        {"long_hair", Category::General},
                        {"hair", Category::General},
                        {"^_^", Category::General},
                        {"(o)_(o)", Category::General},
                        {"school_uniform", Category::General},
                        {"nami_(one_piece)", Category::Character},
                        {"robin_(one_piece)", Category::Character}};
const std::vector<float> kScores = {0.2F, 0.1F, 0.9F, 0.8F, 0.7F, 0.6F, 0.5F, 0.4F, 0.95F, 0.3F};

Tags chosen(const Tagging& rules) { return TagChooser(kKnown, rules).choose(kScores); }

}  // namespace

TEST(TagChooser, TagsAboveTheThresholdInTheListsOrder) {
    EXPECT_EQ(chosen({}),
              (Tags{"1girl", "long hair", "hair", "^_^", "(o)_(o)", "school uniform", "nami (one piece)"}));
    EXPECT_EQ(chosen({.threshold = 0.8}), (Tags{"1girl", "long hair", "nami (one piece)"}));
    EXPECT_EQ(chosen({.general_threshold = 0.85, .character_threshold = 1.1}), (Tags{"1girl"}));
    EXPECT_EQ(chosen({.threshold = 0.85, .tag_thresholds = {"school uniform=0.3", "1girl=0.95"}}),
              (Tags{"school uniform", "nami (one piece)"}));
    EXPECT_EQ(chosen({.threshold = 0.75, .underscores = true}),
              (Tags{"1girl", "long_hair", "nami_(one_piece)"}));
}

TEST(TagChooser, WhatIsNoTagOfTheTaggerIsNoted) {
    EXPECT_TRUE(TagChooser(kKnown, {.first_tags = {"nami*", "one piece"},
                                    .exclude = {"school_uniform", " ", "smile", "*hair", "general"},
                                    .replace = "hair,smile",
                                    .split_characters = true})
                    .notes()
                    .empty());
    EXPECT_EQ(TagChooser(kKnown, {.first_tags = {"2girls", "hair"}, .exclude = {"smile*", "1girl"}}).notes(),
              (Tags{"exclude: \"smile*\" is not a tag of this tagger.",
                    "first_tags: \"2girls\" is not a tag of this tagger."}));
}

TEST(TagChooser, TwoWishesForOneTagAreRefused) {
    EXPECT_THROW(chosen({.replace = "hair,a;Hair,b"}), base::Error);
    EXPECT_THROW(chosen({.tag_thresholds = {"long_hair=0.5", "long hair=0.6"}}), base::Error);
    EXPECT_NO_THROW(chosen({.replace = "hair,a;hair,a"}));
}

TEST(TagChooser, KnowsWhetherATagWasExcludedOrToldApart) {
    EXPECT_TRUE(TagChooser(kKnown, {.threshold = 0.9, .exclude = {"*"}}).reaches(kScores));
    EXPECT_FALSE(TagChooser(kKnown, {.threshold = 0.99}).reaches(kScores));
}

TEST(TagChooser, TheLikeliestRatingStandsWhereItShould) {
    EXPECT_EQ(chosen({.threshold = 0.85, .rating = RatingTag::First}),
              (Tags{"general", "1girl", "nami (one piece)"}));
    EXPECT_EQ(chosen({.threshold = 0.85, .rating = RatingTag::Last}),
              (Tags{"1girl", "nami (one piece)", "general"}));
    EXPECT_EQ(chosen({.threshold = 0.85, .rating_threshold = 0.5, .rating = RatingTag::First}),
              (Tags{"1girl", "nami (one piece)"}));
    EXPECT_EQ(chosen({.threshold = 0.85, .rating = RatingTag::First, .exclude = {"general"}}),
              (Tags{"1girl", "nami (one piece)"}));
}

TEST(TagChooser, CharactersAndFirstTagsKeepTheirOrder) {
    EXPECT_EQ(chosen({.threshold = 0.25, .general_threshold = 0.85, .characters_first = true}),
              (Tags{"nami (one piece)", "robin (one piece)", "1girl"}));
    EXPECT_EQ(chosen({.threshold = 0.75, .rating = RatingTag::First, .first_tags = {"nami*", "1girl"}}),
              (Tags{"nami (one piece)", "1girl", "general", "long hair"}));
    EXPECT_EQ(chosen({.threshold = 0.25, .general_threshold = 1, .split_characters = true}),
              (Tags{"nami", "one piece", "robin"}))
        << "the series once";
}

TEST(TagChooser, ExcludedTagsAreFoundByBlanksUnderscoresAndStars) {
    EXPECT_EQ(chosen({.exclude = {"long_hair", "School Uniform", "*(one piece)", " "}}),
              (Tags{"1girl", "hair", "^_^", "(o)_(o)"}));
    EXPECT_EQ(chosen({.exclude = {"*hair", "^_^", "(o)_(o)", "girl"}}),
              (Tags{"1girl", "school uniform", "nami (one piece)"}));
    EXPECT_TRUE(chosen({.exclude = {"*"}}).empty());
}

TEST(TagChooser, AReplacementConcernsItsOwnTagAlone) {
    EXPECT_EQ(chosen({.threshold = 0.75, .replace = "long_hair,very\\, long;nami (one piece),Nami"}),
              (Tags{"1girl", "very, long", "Nami"}));
    EXPECT_EQ(chosen({.threshold = 0.85, .replace = "one piece,OP", .split_characters = true}),
              (Tags{"1girl", "nami", "OP"}));
    EXPECT_EQ(chosen({.threshold = 0.85, .replace = "1girl,"}), (Tags{"nami (one piece)"})) << "by nothing";
    EXPECT_THROW(chosen({.replace = "lnog hair,x"}), base::Error);
    EXPECT_THROW(chosen({.tag_thresholds = {"no such tag=0.5"}}), base::Error);
}

TEST(TagChooser, ImpliedTagsGoWhereThatIsWished) {
    EXPECT_EQ(chosen({.threshold = 0.65, .drop_implied = true}),
              (Tags{"1girl", "long hair", "nami (one piece)"}));
}

TEST(TagChooser, ANaNIsNoScore) {
    auto scores = kScores;
    scores[2] = std::nanf("");
    EXPECT_EQ(TagChooser(kKnown, {.threshold = 0.85}).choose(scores), (Tags{"nami (one piece)"}));
    EXPECT_THROW(TagChooser(kKnown, {}).choose(std::vector<float>(3)), base::Error) << "too few";
}

TEST(TagChooser, KnowsWhichScoresCanMatter) {
    EXPECT_DOUBLE_EQ(TagChooser(kKnown, {}).least(), 0.35);
    EXPECT_DOUBLE_EQ(TagChooser(kKnown, {.threshold = 0.5, .tag_thresholds = {"hair=0.02"}}).least(), 0.02);
    EXPECT_DOUBLE_EQ(
        TagChooser(kKnown, {.threshold = 0.5, .tag_thresholds = {"hair=0.02"}, .exclude = {"hair"}}).least(),
        0.5);
}

}  // namespace lorikeet::tag
