#include "train/caption_length.hpp"

#include <gtest/gtest.h>

#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

const models::Tokenizer& tokenizer() {
    static const auto one = models::Tokenizer::from_file(models::default_vocabulary());
    return one;
}

std::string birds(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "bird ";
    return text;
}

data::DatasetImage captioned(const std::string& name, std::string caption) {
    data::DatasetImage one;
    one.file = "/pictures/" + name;
    one.caption = std::move(caption);
    return one;
}

}  // namespace

TEST(CaptionLength, WhatIsReadEndsWhereTheTokensDo) {
    EXPECT_EQ(bytes_read(tokenizer(), birds(75), {75}), birds(75).size());
    const auto text = birds(80);
    const auto bytes = bytes_read(tokenizer(), text, {75});
    EXPECT_EQ(tokenizer().encode(text.substr(0, bytes), {}).size(), 75U);
    EXPECT_EQ(bytes / 5, 75U);
    // A letter of several bytes is whole on one side.
    std::string flowers;
    for (int i = 0; i < 200; ++i) flowers += "\xE8\x8A\xB1";
    EXPECT_EQ(bytes_read(tokenizer(), flowers, {75}) % 3, 0U);
    EXPECT_EQ(bytes_read(tokenizer(), "", {75}), 0U);
}

TEST(CaptionLength, CaptionsThatAreCutAreCountedWithTheSettingThatReadsMore) {
    auto job = support::SmallJob().job();
    std::vector<data::DatasetImage> images{captioned("a.png", birds(76)), captioned("b.png", birds(75)),
                                           captioned("c.png", birds(160))};
    auto cut = cut_captions(tokenizer(), job, images);
    ASSERT_TRUE(cut.has_value());
    EXPECT_EQ(cut->what,
              "2 of 3 captions are longer than the 75 tokens that are read, and cut there: a.png, c.png. The "
              "longest has 160 tokens.");
    EXPECT_EQ(cut->hint, "Set model.max_tokens = 225.");
    job.model.max_tokens = 225;
    EXPECT_FALSE(cut_captions(tokenizer(), job, images).has_value());
    images.push_back(captioned("d.png", birds(230)));
    cut = cut_captions(tokenizer(), job, images);
    ASSERT_TRUE(cut.has_value());
    EXPECT_EQ(cut->hint, "Shorten those above 225.");
}

// An entity is one letter to the model where texts are cleaned, and five tokens where they are not.
TEST(CaptionLength, CountsWhatIsReadOfACaptionAndNotWhatIsWritten) {
    auto job = support::SmallJob().job();
    std::string caption;
    for (int i = 0; i < 40; ++i) caption += "&amp; ";
    EXPECT_FALSE(cut_captions(tokenizer(), job, {captioned("a.png", caption)}).has_value());
    job.model.text_cleaning = settings::TextCleaning::None;
    EXPECT_TRUE(cut_captions(tokenizer(), job, {captioned("a.png", caption)}).has_value());
}

TEST(CaptionLength, TheTriggerCounts) {
    auto job = support::SmallJob().job();
    job.data.subsets[0].trigger = "zyx";
    EXPECT_TRUE(cut_captions(tokenizer(), job, {captioned("a.png", birds(75))}).has_value());
}

TEST(CaptionLength, PromptsThatAreCutAreTold) {
    const std::vector<std::string> short_ones{"", birds(75)}, long_ones{birds(80), "", birds(100)};
    EXPECT_EQ(words_on_cut_prompts(tokenizer(), short_ones, {75}), "");
    EXPECT_EQ(
        words_on_cut_prompts(tokenizer(), long_ones, {75}),
        "2 prompts are longer than the 75 tokens that are read, and cut there: the longest has 100 tokens.");
    EXPECT_EQ(words_on_cut_prompts(tokenizer(), long_ones, {225}), "");
}

}  // namespace lorikeet::train
