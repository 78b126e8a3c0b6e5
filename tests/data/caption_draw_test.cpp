#include "data/caption_draw.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "data/caption.hpp"

namespace lorikeet::data {
namespace {

settings::Subset shuffled(std::int64_t keep, std::string trigger) {
    settings::Subset subset;
    subset.shuffle_tags = true;
    subset.keep_tokens = keep;
    subset.trigger = std::move(trigger);
    return subset;
}

// What is shown in each of so many draws of one epoch, with how often.
std::map<std::string, int> shown_in(const settings::Subset& subset, const std::string& caption,
                                    int draws = 400, double progress = 99) {
    std::map<std::string, int> shown;
    for (int place = 0; place < draws; ++place)
        ++shown[caption_for_draw(subset, caption, {7, 0, place, progress})];
    return shown;
}

}  // namespace

TEST(CaptionForDraw, WithoutSettingsItIsTheCaption) {
    EXPECT_EQ(caption_for_draw({}, "a, ,b  c", {1, 0, 0}), "a, ,b  c");
}

TEST(CaptionForDraw, TheTriggerStandsInFrontOnce) {
    settings::Subset subset;
    subset.trigger = "mybird";
    EXPECT_EQ(caption_for_draw(subset, "red, tree", {1, 0, 0}), "mybird, red, tree");
    EXPECT_EQ(caption_for_draw(subset, "mybird, red", {1, 0, 0}), "mybird, red");
    EXPECT_EQ(caption_for_draw(subset, "mybirds, red", {1, 0, 0}), "mybird, mybirds, red");
    EXPECT_EQ(caption_for_draw(subset, "", {1, 0, 0}), "mybird");
    EXPECT_EQ(caption_for_draw(subset, "mybird", {1, 0, 0}), "mybird");
}

TEST(CaptionForDraw, ATriggerThatIsATagAlreadyIsNotAddedTwice) {
    settings::Subset subset;
    subset.trigger = "mybird";
    EXPECT_EQ(caption_for_draw(subset, "MyBird, sky", {1, 0, 0}), "mybird, sky");
    EXPECT_EQ(caption_for_draw(subset, "sky,  MYBIRD , tree", {1, 0, 0}), "mybird, sky, tree");
    EXPECT_EQ(caption_for_draw(subset, "a photo of mybird", {1, 0, 0}), "mybird, a photo of mybird");
    subset.trigger = "m\xC3\xB6we";  // Moewe, with the umlaut
    EXPECT_EQ(caption_for_draw(subset, "sky, M\xC3\x96WE", {1, 0, 0}), "m\xC3\xB6we, sky");
    subset.trigger = "\xD0\x96\xD1\x8F";
    EXPECT_EQ(caption_for_draw(subset, "\xD0\xB6\xD0\xAF", {1, 0, 0}), "\xD0\x96\xD1\x8F");
}

TEST(CaptionForDraw, EscapedBracketsArePlainOnes) {
    settings::Subset subset;
    EXPECT_EQ(caption_for_draw(subset, R"(lorikeet \(bird\), a\b)", {1, 0, 0}), R"(lorikeet (bird), a\b)");
    subset.trigger = R"(my \(bird\))";
    EXPECT_EQ(caption_for_draw(subset, "My (bird), sky", {1, 0, 0}), "my (bird), sky");
}

TEST(CaptionForDraw, BracketsThatAreWeightsStayAndHoldTheirTagsTogether) {
    settings::Subset subset;
    const CaptionDraw draw{.seed = 1, .weighted = true};
    EXPECT_EQ(caption_for_draw(subset, R"(lorikeet \(bird\), a\b)", draw), R"(lorikeet \(bird\), a\b)");
    subset.trigger = R"(my \(bird\))";
    EXPECT_EQ(caption_for_draw(subset, R"(sky, My \(Bird\))", draw), R"(my \(bird\), sky)");
    subset.trigger = "mybird";
    EXPECT_EQ(caption_for_draw(subset, "(mybird:1.2), sky", draw), "mybird, (mybird:1.2), sky");
    subset.trigger.clear();
    subset.shuffle_tags = true;
    std::set<std::string> shown;
    for (int place = 0; place < 60; ++place)
        shown.insert(
            caption_for_draw(subset, "(a, b:1.2), c", {.seed = 1, .place = place, .weighted = true}));
    EXPECT_EQ(shown, (std::set<std::string>{"(a, b:1.2), c", "c, (a, b:1.2)"}));
}

TEST(CaptionForDraw, ShufflingKeepsEveryTagAndTheFirstInPlace) {
    const std::string caption = "one, two, three, four, five, six";
    std::set<std::string> seen;
    for (std::int64_t place = 0; place < 50; ++place) {
        const auto text = caption_for_draw(shuffled(2, "trig"), caption, {3, 0, place});
        EXPECT_TRUE(text.starts_with("trig, one, two, ")) << text;
        auto tags = parse_tags(text), wanted = parse_tags("trig, " + caption);
        std::sort(tags.begin(), tags.end());
        std::sort(wanted.begin(), wanted.end());
        EXPECT_EQ(tags, wanted);
        seen.insert(text);
        EXPECT_EQ(caption_for_draw(shuffled(2, "trig"), caption, {3, 0, place}), text);
    }
    EXPECT_GT(seen.size(), 15U);  // of 24
    EXPECT_EQ(caption_for_draw(shuffled(99, ""), caption, {3, 0, 0}), caption);
}

TEST(CaptionForDraw, DropoutTakesItsShareAndNothingIsLeft) {
    settings::Subset subset;
    subset.trigger = "trig";
    subset.caption_dropout = 0.25;
    int empty = 0;
    for (std::int64_t place = 0; place < 4000; ++place)
        empty += caption_for_draw(subset, "a bird", {9, 2, place}).empty() ? 1 : 0;
    EXPECT_NEAR(empty, 1000, 110);  // four standard deviations
    subset.caption_dropout = 1;
    EXPECT_EQ(caption_for_draw(subset, "a bird", {9, 2, 0}), "");
}

TEST(CaptionForDraw, WhatNobodySeesIsNothing) {
    settings::Subset subset;
    subset.trigger = "\u200b\u2060";
    EXPECT_EQ(caption_for_draw(subset, "a bird", {}), "a bird");
    EXPECT_EQ(caption_for_draw(subset, "", {}), "");
}

TEST(CaptionForDraw, PrefixAndSuffixAreAsTheyAre) {
    settings::Subset subset;
    subset.prefix = "a photo of";
    subset.suffix = "in colour";
    EXPECT_EQ(caption_for_draw(subset, "a bird", {}), "a photo of a bird in colour");
    subset.trigger = "trig";
    EXPECT_EQ(caption_for_draw(subset, "a bird, trig", {}), "trig, a photo of a bird in colour");
    EXPECT_EQ(caption_for_draw(subset, "trig", {}), "trig, a photo of in colour");
    subset.prefix = subset.suffix = " ";
    EXPECT_EQ(caption_for_draw(subset, "a bird, trig", {}), "trig, a bird");
}

TEST(CaptionForDraw, WildcardsAreOneOfTheirWordsAndAnyLineIsTaken) {
    settings::Subset subset;
    EXPECT_EQ(caption_for_draw(subset, "a {red|blue} bird", {}), "a {red|blue} bird") << "only at will";
    subset.wildcards = true;
    const auto shown = shown_in(subset, "a {red|blue} bird {{x}}\nno colour");
    ASSERT_EQ(shown.size(), 3U);
    EXPECT_NEAR(shown.at("no colour"), 200, 60);
    EXPECT_NEAR(shown.at("a red bird {x}"), 100, 40);
    EXPECT_NEAR(shown.at("a blue bird {x}"), 100, 40);
    EXPECT_EQ(caption_for_draw(subset, "{} {one} {open", {}), "{} one {open");
    subset.prefix = "{a|the}";
    EXPECT_EQ(shown_in(subset, "bird").size(), 2U);
}

TEST(CaptionForDraw, TagsAreLeftOutByTheirShareButForThoseInFront) {
    auto subset = shuffled(1, "trig");
    subset.shuffle_tags = false;
    subset.tag_dropout = 0.25;
    std::map<std::string, int> seen;
    for (const auto& [text, times] : shown_in(subset, "one, two, three", 1000)) {
        EXPECT_TRUE(text.starts_with("trig, one")) << text;
        for (const auto& tag : parse_tags(text)) seen[tag] += times;
    }
    EXPECT_NEAR(seen["two"], 750, 45);
    EXPECT_NEAR(seen["three"], 750, 45);
    subset.tag_dropout = 1;
    EXPECT_EQ(caption_for_draw(subset, "one, two, three", {}), "trig, one");
}

TEST(CaptionForDraw, FewTagsAtFirstAndAllAfterTheWarmUp) {
    settings::Subset subset;
    subset.tag_warmup = 2;
    const auto at = [&](double progress) {
        return caption_for_draw(subset, "a, b, c, d, e", {1, 0, 0, progress});
    };
    EXPECT_EQ(at(0), "a");
    EXPECT_EQ(at(0.49), "a");
    EXPECT_EQ(at(0.5), "a, b");
    EXPECT_EQ(at(1.99), "a, b, c, d");
    EXPECT_EQ(at(2), "a, b, c, d, e");
    subset.tag_warmup_min = 3;
    EXPECT_EQ(at(1), "a, b, c, d");
    subset.keep_tokens = 1;
    EXPECT_EQ(at(0), "a, b, c, d");
    subset.tag_warmup_min = 9;
    EXPECT_EQ(at(0), "a, b, c, d, e");
    EXPECT_EQ(caption_for_draw(subset, "a, b", {}), "a, b") << "without a draw the warm-up is over";
}

TEST(CaptionForDraw, SeparatorsKeepWhatTheyPartAndAreNeverShown) {
    auto subset = shuffled(0, "trig");
    subset.keep_separator = "|||";
    subset.tag_dropout = 0.5;
    for (const auto& [text, times] : shown_in(subset, "x, y ||| a, trig, b, c ||| z")) {
        EXPECT_TRUE(text.starts_with("trig, x, y") && text.ends_with("z")) << text;
        EXPECT_EQ(text.find('|'), std::string::npos) << text;
        EXPECT_EQ(text.find("trig", 1), std::string::npos) << text;
    }
    settings::Subset plain;
    plain.keep_separator = "|||";
    EXPECT_EQ(caption_for_draw(plain, "x ||| a, b", {}), "x, a, b") << "also where nothing is shuffled";
    plain.secondary_separator = ";;;";
    EXPECT_EQ(caption_for_draw(plain, "x;;;y ||| a", {}), "x, y, a");
    plain.shuffle_tags = true;
    for (const auto& [text, times] : shown_in(plain, "a, b;;;c, d"))
        EXPECT_NE(text.find("b, c"), std::string::npos) << text;
}

TEST(CaptionForDraw, WholeEpochsWithoutCaptions) {
    settings::Subset subset;
    subset.trigger = "trig";
    subset.caption_dropout_epochs = 3;
    for (std::int64_t epoch = 0; epoch < 9; ++epoch)
        EXPECT_EQ(caption_for_draw(subset, "a", {1, epoch, 0}).empty(), epoch % 3 == 2) << epoch;
    EXPECT_TRUE(caption_drops(subset));
    EXPECT_FALSE(caption_varies(subset));
    EXPECT_EQ(caption_for_draw(without_chance(subset), "a", {1, 2, 0}), "trig, a");
}

}  // namespace lorikeet::data
