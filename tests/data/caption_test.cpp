#include "data/caption.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

std::string random_text(tensor::Draws& draws) {
    static const std::vector<std::string> pieces{",", " ",    ",,",      "a",  "red bird", "(b:1.2)",
                                                 "ü", "鸚鵡", "\\(x\\)", "\t", "_"};
    std::string text;
    for (auto n = draws.below(20); n > 0; --n) text += pieces[draws.below(pieces.size())];
    return text;
}

settings::Subset shuffled(std::int64_t keep, std::string trigger) {
    settings::Subset subset;
    subset.shuffle_tags = true;
    subset.keep_tokens = keep;
    subset.trigger = std::move(trigger);
    return subset;
}

}  // namespace

TEST(Caption, AByteOrderMarkAndLineEndsOfAnyKindAreNotPartOfIt) {
    EXPECT_EQ(parse_caption("\xEF\xBB\xBF"
                            "a bird\r\n",
                            "c.txt")
                  .text,
              "a bird");
    EXPECT_EQ(parse_caption("\r\n\n  a bird  \rsecond", "c.txt").text, "a bird");
    EXPECT_EQ(parse_caption("", "c.txt").text, "");
    EXPECT_FALSE(parse_caption("a bird\n\n \n", "c.txt").more_lines);
    EXPECT_TRUE(parse_caption("a bird\nagain", "c.txt").more_lines);
}

TEST(Caption, WhatIsNotUtf8IsNamed) {
    for (const auto& bytes : {std::string("caf\xE9"),
                              std::string("\xFF\xFE"
                                          "a\0b\0",
                                          6),
                              std::string("a\0b", 3)}) {
        try {
            parse_caption(bytes, "images/p.txt");
            FAIL() << "nothing was thrown";
        } catch (const base::Error& error) {
            EXPECT_EQ(error.what(), std::string("images/p.txt ") +
                                        (bytes.front() == 'a' ? "holds zero bytes, so it is no text."
                                                              : "is not UTF-8 text."));
        }
    }
}

TEST(Caption, TheFirstExtensionThatExistsIsRead) {
    const support::TempFolder folder;
    const auto image = folder.path() / "a.b.png";
    const std::vector<std::string> extensions{".txt", ".caption"};
    EXPECT_FALSE(find_caption(image, extensions).has_value());
    base::write_whole(folder.path() / "a.b.caption", "second");
    EXPECT_EQ(find_caption(image, extensions)->text, "second");
    base::write_whole(folder.path() / "a.b.txt", "first");
    EXPECT_EQ(find_caption(image, extensions)->text, "first");
}

TEST(Tags, PartAtCommasAndLoseBlanks) {
    EXPECT_EQ(parse_tags(" a,  b , ,c,"), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(parse_tags(" , ").empty());
}

TEST(Tags, ParsingWhatWasWrittenGivesTheSame) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        tensor::Draws draws(seed);
        const auto tags = parse_tags(random_text(draws));
        EXPECT_EQ(parse_tags(write_tags(tags)), tags) << "seed " << seed;
        EXPECT_EQ(write_tags(parse_tags(write_tags(tags))), write_tags(tags)) << "seed " << seed;
    }
}

TEST(CaptionForDraw, WithoutSettingsItIsTheCaption) {
    EXPECT_EQ(caption_for_draw({}, "a, ,b  c", 1, 0, 0), "a, ,b  c");
}

TEST(CaptionForDraw, TheTriggerStandsInFrontOnce) {
    settings::Subset subset;
    subset.trigger = "mybird";
    EXPECT_EQ(caption_for_draw(subset, "red, tree", 1, 0, 0), "mybird, red, tree");
    EXPECT_EQ(caption_for_draw(subset, "mybird, red", 1, 0, 0), "mybird, red");
    EXPECT_EQ(caption_for_draw(subset, "mybirds, red", 1, 0, 0), "mybird, mybirds, red");
    EXPECT_EQ(caption_for_draw(subset, "", 1, 0, 0), "mybird");
    EXPECT_EQ(caption_for_draw(subset, "mybird", 1, 0, 0), "mybird");
}

TEST(CaptionForDraw, ATriggerThatIsATagAlreadyIsNotAddedTwice) {
    settings::Subset subset;
    subset.trigger = "mybird";
    EXPECT_EQ(caption_for_draw(subset, "MyBird, sky", 1, 0, 0), "mybird, sky");
    EXPECT_EQ(caption_for_draw(subset, "sky,  MYBIRD , tree", 1, 0, 0), "mybird, sky, tree");
    EXPECT_EQ(caption_for_draw(subset, "a photo of mybird", 1, 0, 0), "mybird, a photo of mybird");
    subset.trigger = "m\xC3\xB6we";  // Moewe, with the umlaut
    EXPECT_EQ(caption_for_draw(subset, "sky, M\xC3\x96WE", 1, 0, 0), "m\xC3\xB6we, sky");
    subset.trigger = "\xD0\x96\xD1\x8F";
    EXPECT_EQ(caption_for_draw(subset, "\xD0\xB6\xD0\xAF", 1, 0, 0), "\xD0\x96\xD1\x8F");
}

TEST(CaptionForDraw, EscapedBracketsArePlainOnes) {
    settings::Subset subset;
    EXPECT_EQ(caption_for_draw(subset, R"(lorikeet \(bird\), a\b)", 1, 0, 0), R"(lorikeet (bird), a\b)");
    subset.trigger = R"(my \(bird\))";
    EXPECT_EQ(caption_for_draw(subset, "My (bird), sky", 1, 0, 0), "my (bird), sky");
}

TEST(Caption, ANameThatIsTooLongForACaptionHasNone) {
    const support::TempFolder folder;
    std::string name(251, 'c');
    name += ".png";
    const auto image = folder.path() / name;
    const std::vector<std::string> extensions{".txt", ".caption"};
    EXPECT_FALSE(find_caption(image, extensions).has_value());
}

TEST(CaptionForDraw, ShufflingKeepsEveryTagAndTheFirstInPlace) {
    const std::string caption = "one, two, three, four, five, six";
    std::set<std::string> seen;
    for (std::int64_t place = 0; place < 50; ++place) {
        const auto text = caption_for_draw(shuffled(2, "trig"), caption, 3, 0, place);
        EXPECT_TRUE(text.starts_with("trig, one, two, ")) << text;
        auto tags = parse_tags(text), wanted = parse_tags("trig, " + caption);
        std::sort(tags.begin(), tags.end());
        std::sort(wanted.begin(), wanted.end());
        EXPECT_EQ(tags, wanted);
        seen.insert(text);
        EXPECT_EQ(caption_for_draw(shuffled(2, "trig"), caption, 3, 0, place), text);
    }
    EXPECT_GT(seen.size(), 15U);  // of 24
    EXPECT_EQ(caption_for_draw(shuffled(99, ""), caption, 3, 0, 0), caption);
}

TEST(CaptionForDraw, DropoutTakesItsShareAndNothingIsLeft) {
    settings::Subset subset;
    subset.trigger = "trig";
    subset.caption_dropout = 0.25;
    int empty = 0;
    for (std::int64_t place = 0; place < 4000; ++place)
        empty += caption_for_draw(subset, "a bird", 9, 2, place).empty() ? 1 : 0;
    EXPECT_NEAR(empty, 1000, 110);  // four standard deviations
    subset.caption_dropout = 1;
    EXPECT_EQ(caption_for_draw(subset, "a bird", 9, 2, 0), "");
}

TEST(Caption, WhatNobodySeesIsNothing) {
    EXPECT_EQ(parse_caption("\u200b\n\u2060 \n", "a.txt").text, "");
    EXPECT_EQ(parse_caption("\u200b\na bird", "a.txt").text, "a bird");
    EXPECT_EQ(parse_tags("a, \u200b,b"), (std::vector<std::string>{"a", "b"}));
    settings::Subset subset;
    subset.trigger = "\u200b\u2060";
    EXPECT_EQ(caption_for_draw(subset, "a bird", 1, 0, 0), "a bird");
    EXPECT_EQ(caption_for_draw(subset, "", 1, 0, 0), "");
}

}  // namespace lorikeet::data
