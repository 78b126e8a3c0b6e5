#include "widgets/typed_job.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "settings/toml.hpp"

namespace lorikeet::widgets {

namespace {

const Trouble* trouble_of(const TypedJob& typed, std::string_view path) {
    for (const auto& trouble : typed.troubles())
        if (std::find(trouble.paths.begin(), trouble.paths.end(), path) != trouble.paths.end())
            return &trouble;
    return nullptr;
}

TypedJob with_folder() {
    TypedJob typed({"data.subsets"});
    typed.type("data.subsets.0.folder", "pictures");
    return typed;
}

}  // namespace

TEST(TypedJob, BeginsWithTheDefaultsAndOnlyTheFolderMissing) {
    const TypedJob typed({"data.subsets"});
    EXPECT_EQ(typed.text("model.clip_skip"), "1");
    EXPECT_EQ(typed.text("adapter.rank"), "") << "chosen for the model";
    ASSERT_EQ(typed.troubles().size(), 1U);
    EXPECT_EQ(typed.troubles()[0].paths[0], "data.subsets.0.folder");
    EXPECT_TRUE(typed.troubles()[0].missing);
}

TEST(TypedJob, KeepsAWrongTextAndSaysWhy) {
    auto typed = with_folder();
    typed.type("optim.lr", "5e-");
    EXPECT_EQ(typed.text("optim.lr"), "5e-");
    ASSERT_NE(trouble_of(typed, "optim.lr"), nullptr);
    EXPECT_FALSE(trouble_of(typed, "optim.lr")->missing);
    EXPECT_EQ(typed.job().optim.lr, settings::Job{}.optim.lr);
    typed.type("optim.lr", "5e-5");
    EXPECT_EQ(trouble_of(typed, "optim.lr"), nullptr);
    EXPECT_EQ(typed.job().optim.lr, 5e-5);
}

TEST(TypedJob, AFieldIsToldWhatToWriteIntoIt) {
    auto typed = with_folder();
    const auto said = [&](const char* path, const char* text) {
        typed.type(path, text);
        return trouble_of(typed, path) == nullptr ? std::string() : trouble_of(typed, path)->what;
    };
    EXPECT_EQ(said("data.resolution", "512x768"), "Write whole numbers with commas between, as in 512, 768.");
    EXPECT_EQ(said("train.steps", "many"), "Write a whole number, as in 1200.");
    EXPECT_EQ(said("train.steps", "1.000"), "Write 1000 for thousands, or 1.");
    EXPECT_EQ(said("optim.lr", "fast"), "Write a number, as in 0.5.");
    EXPECT_TRUE(said("train.steps", "-5").starts_with("Steps must be at least 1"));
    EXPECT_EQ(said("output.name", "a/b"),
              "Name must not hold / or \\: it names a file; folders go into output.folder.");
}

TEST(TypedJob, AnEmptyTextUnsetsWhatMayBeUnset) {
    auto typed = with_folder();
    typed.type("optim.text_lr", "");
    EXPECT_FALSE(typed.job().optim.text_lr.has_value());
    typed.type("train.steps", "40");
    EXPECT_EQ(typed.job().train.steps, 40);
    typed.type("train.steps", "");
    EXPECT_FALSE(typed.job().train.steps.has_value());
    EXPECT_TRUE(typed.troubles().empty());
}

TEST(TypedJob, ANameThatIsBeingTypedIsNotWrongBetweenTwoWords) {
    auto typed = with_folder();
    for (const auto* text : {"my", "my ", "my b", " my bird "}) {
        typed.type("output.name", text);
        EXPECT_TRUE(typed.troubles().empty()) << text;
        EXPECT_EQ(typed.text("output.name"), text) << "what is typed stays";
    }
    EXPECT_EQ(typed.job().output.name, "my bird");
    typed.type("data.subsets.0.folder", "  ");
    ASSERT_EQ(typed.troubles().size(), 1U);
    EXPECT_TRUE(typed.troubles()[0].missing);
}

TEST(TypedJob, ADecimalCommaIsTakenAsAPoint) {
    auto typed = with_folder();
    typed.type("adapter.dropout", "0,5");
    EXPECT_TRUE(typed.troubles().empty());
    EXPECT_EQ(typed.job().adapter.dropout, 0.5);
    EXPECT_EQ(typed.text("adapter.dropout"), "0,5");
}

TEST(TypedJob, ARuleIsToldAtEachOfItsSettingsWithTheFix) {
    auto typed = with_folder();
    typed.type("noise.min_timestep", "900");
    typed.type("noise.max_timestep", "800");
    const auto* low = trouble_of(typed, "noise.min_timestep");
    ASSERT_NE(low, nullptr);
    EXPECT_EQ(low, trouble_of(typed, "noise.max_timestep"));
    ASSERT_TRUE(low->fix.has_value());
    typed.type(low->fix->path, low->fix->text);
    EXPECT_TRUE(typed.troubles().empty());
}

TEST(TypedJob, DoesNotJudgeARuleByADefaultNobodyChose) {
    auto typed = with_folder();
    typed.type("noise.min_timestep", "900");
    typed.type("noise.max_timestep", "8x");
    ASSERT_EQ(typed.troubles().size(), 1U);
    EXPECT_EQ(typed.troubles()[0].paths, std::vector<std::string>{"noise.max_timestep"});
}

TEST(TypedJob, WhatPlaysNoPartKeepsNobodyFromStarting) {
    auto typed = with_folder();
    typed.type("data.buckets", "false");
    typed.type("data.bucket_min", "many");
    EXPECT_TRUE(typed.troubles().empty()) << "there are no buckets";
    typed.type("data.buckets", "true");
    EXPECT_NE(trouble_of(typed, "data.bucket_min"), nullptr);
    EXPECT_EQ(typed.text("data.bucket_min"), "many");
}

TEST(TypedJob, AddsRemovesAndBringsBack) {
    auto typed = with_folder();
    typed.add("data.subsets");
    typed.add("data.subsets");
    typed.type("data.subsets.1.folder", "second");
    typed.type("data.subsets.1.repeats", "seven");
    typed.type("data.subsets.2.folder", "third");
    typed.remove("data.subsets", 1);
    EXPECT_EQ(typed.count("data.subsets"), 2U);
    EXPECT_EQ(typed.text("data.subsets.1.folder"), "third");
    EXPECT_TRUE(typed.can_undo("data.subsets"));
    EXPECT_FALSE(typed.can_undo("sample.prompts"));
    typed.undo();
    EXPECT_EQ(typed.text("data.subsets.1.repeats"), "seven") << "wrong texts come back too";
    EXPECT_EQ(typed.text("data.subsets.2.folder"), "third");
    EXPECT_FALSE(typed.can_undo("data.subsets"));
}

TEST(TypedJob, MoreThanTenElementsKeepTheirOrder) {
    auto typed = with_folder();
    for (int i = 0; i < 12; ++i) typed.add("sample.prompts");
    for (int i = 0; i < 12; ++i)
        typed.type("sample.prompts." + std::to_string(i) + ".text", "prompt " + std::to_string(i));
    ASSERT_EQ(typed.job().sample.prompts.size(), 12U);
    EXPECT_EQ(typed.job().sample.prompts[10].text, "prompt 10");
    EXPECT_EQ(typed.job().sample.prompts[2].text, "prompt 2");
}

TEST(TypedJob, WhatIsKeptBringsAllOfItBack) {
    auto typed = with_folder();
    typed.add("sample.prompts");
    typed.type("optim.lr", "1e-");
    typed.type("output.name", "");
    TypedJob again({"data.subsets"});
    again.write(typed.kept());
    EXPECT_EQ(again.texts(), typed.texts());
    EXPECT_FALSE(typed.kept().contains("adapter.rank")) << "defaults are not written down";
}

TEST(TypedJob, PassesOverWhatNoSettingIsCalled) {
    TypedJob typed({"data.subsets"});
    typed.write({{"optim.speed", "fast"},
                 {"page.open", "true"},
                 {"data.subsets.x.folder", "a"},
                 {"data.subsets.99999999999.folder", "a"},
                 {"adapter.rank", "4"}});
    EXPECT_EQ(typed.text("adapter.rank"), "4");
    EXPECT_EQ(typed.count("data.subsets"), 1U);
    EXPECT_FALSE(typed.texts().contains("page.open"));
}

TEST(TypedJob, AJobWrittenIsTheJobReadBack) {
    settings::Job job;
    job.data.subsets.resize(2);
    job.data.subsets[0].folder = "a, b";
    job.data.subsets[1].folder = "unset";
    job.data.caption_extensions = {".txt", ".a,b"};
    job.optim.text_lr.reset();
    job.loss.min_snr = 5;
    job.sample.size = {512, 768};
    job.output.comment = "two\nlines \"quoted\"";
    TypedJob typed;
    typed.write(job);
    EXPECT_EQ(settings::write_job(typed.job()), settings::write_job(job));
    EXPECT_TRUE(typed.troubles().empty());
}

}  // namespace lorikeet::widgets
