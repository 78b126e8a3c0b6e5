#include "settings/tagging.hpp"

#include <gtest/gtest.h>

#include "settings/toml.hpp"

namespace lorikeet::settings {

namespace {

std::string said_of_tagging(std::string_view toml, Tagging& tagging) {
    return base::to_text(read_settings(schema<Tagging>(), &tagging, toml, "tags.toml"));
}
std::string said_of_tagging(std::string_view toml) {
    Tagging tagging;
    return said_of_tagging(toml, tagging);
}

}  // namespace

TEST(TaggingSection, NamesOfTheReferenceScriptAreAnswered) {
    const std::vector<std::pair<std::string, std::string>> answers{
        {"remove_underscore", "underscores = false"},
        {"append_tags", "existing = \"append\""},
        {"use_rating_tags", "rating = \"first\""},
        {"use_rating_tags_as_last_tag", "rating = \"last\""}};
    for (const auto& [name, ours] : answers)
        EXPECT_NE(said_of_tagging("model = \"a\"\n" + name + " = true\n").find(ours), std::string::npos)
            << name;
}

TEST(TaggingSection, IsReadFromAFileOfItsOwn) {
    Tagging tagging;
    EXPECT_EQ(said_of_tagging("model = \"wd-vit\"\nthreshold = 0.4\ncharacter_threshold = 0.85\nexclude = "
                              "[\"long hair\", \"*sky\"]\n"
                              "rating = \"last\"\nexisting = \"append\"\n",
                              tagging),
              "");
    EXPECT_EQ(tagging.model, "wd-vit");
    EXPECT_EQ(tagging.character_threshold, 0.85);
    EXPECT_FALSE(tagging.general_threshold);
    EXPECT_EQ(tagging.exclude, (std::vector<std::string>{"long hair", "*sky"}));
    EXPECT_EQ(tagging.rating, RatingTag::Last);
    EXPECT_EQ(tagging.existing, ExistingCaption::Append);
}

TEST(TaggingSection, WhatIsWrongIsToldWithItsLine) {
    EXPECT_EQ(said_of_tagging("model = \"a\"\nthreshhold = 0.5\n"),
              "tags.toml:2: threshhold is not a setting. Did you mean threshold?");
    EXPECT_EQ(said_of_tagging("model = \"a\"\nthreshold = 2\n"),
              "tags.toml:2: threshold must be at least 0 and at most 1.1, is 2. The nearest is 1.1.");
    EXPECT_NE(said_of_tagging(""), "") << "the model is needed";
    EXPECT_NE(said_of_tagging("model = \"a\"\nreplace = \"a,b,c\"\n"), "");
    EXPECT_NE(said_of_tagging("model = \"a\"\ntag_thresholds = [\"hair\"]\n"), "");
    EXPECT_NE(said_of_tagging("model = \"a\"\nextension = \"txt\"\n"), "");
    EXPECT_EQ(said_of_tagging("model = \"a\"\nundesired_tags = \"x\"\n"),
              "tags.toml:2: undesired_tags is not a setting. That is sd-scripts' name; here it is exclude.");
}

TEST(TaggingSection, CommandLinesWinOverTheFile) {
    Tagging tagging;
    const std::vector<Assignment> then{
        {"threshold", "0,5"}, {"exclude", "long hair, solo"}, {"general_threshold", "unset"}};
    EXPECT_EQ(base::to_text(read_settings(schema<Tagging>(), &tagging,
                                          "model = \"a\"\ngeneral_threshold = 0.2\n", "t", then)),
              "");
    EXPECT_EQ(tagging.threshold, 0.5);
    EXPECT_EQ(tagging.exclude, (std::vector<std::string>{"long hair", "solo"}));
    EXPECT_FALSE(tagging.general_threshold);
}

TEST(TaggingSection, ThresholdsOfSingleTagsArePairs) {
    EXPECT_EQ(tag_threshold_of(" long hair = 0.5 "), (std::pair<std::string, double>{"long hair", 0.5}));
    EXPECT_EQ(tag_threshold_of("=_==0.3"), (std::pair<std::string, double>{"=_=", 0.3})) << "a face";
    for (const auto* none : {"", "hair", "=0.5", "hair=", "hair=x", "hair=2", "hair=-1", "hair=nan"})
        EXPECT_FALSE(tag_threshold_of(none)) << none;
}

TEST(TaggingSection, ReplacementsArePairsWithEscapes) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(replacements_of("a,b; c , d"), (Pairs{{"a", "b"}, {"c", "d"}}));
    EXPECT_EQ(replacements_of("a\\,x,b\\;y;"), (Pairs{{"a,x", "b;y"}}));
    EXPECT_EQ(replacements_of("nami \\(x\\),nami"), (Pairs{{"nami \\(x\\)", "nami"}}));
    EXPECT_EQ(replacements_of("a,"), (Pairs{{"a", ""}})) << "by nothing";
    EXPECT_EQ(replacements_of(" "), Pairs{});
    for (const auto* none : {"a", "a,b,c", ",b", ";a,b", "a,b;c"})
        EXPECT_FALSE(replacements_of(none)) << none;
}

}  // namespace lorikeet::settings
