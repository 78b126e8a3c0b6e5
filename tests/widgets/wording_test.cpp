#include "widgets/wording.hpp"

#include <set>

#include <gtest/gtest.h>

#include "settings/job.hpp"
#include "settings/typed_paths.hpp"

namespace lorikeet::widgets {

using settings::Value;

TEST(Wording, KeysBecomeLabelsThatPeopleRead) {
    EXPECT_EQ(label_of(*find_field("optim.lr")), "Learning rate");
    EXPECT_EQ(label_of(*find_field("data.resolution")), "Resolution (px)");
    EXPECT_EQ(label_of(*find_field("model.clip_skip")), "Clip skip");
    EXPECT_EQ(label_of(*find_field("train.epochs")), "Epochs") << "the unit says nothing more";
    EXPECT_EQ(full_label("data.subsets.1.repeats"), "Folder 2: Repeats");
    EXPECT_EQ(full_label("data.subsets.0.folder"), "Folder") << "not Folder 1: Folder";
    EXPECT_EQ(full_label("data.subsets.1.folder"), "Folder 2");
    EXPECT_EQ(full_label("output.name"), "Name") << "as it stands on the recipe";
    EXPECT_EQ(full_label("optim.rule"), "Optimizer") << "not twice the same";
    EXPECT_EQ(full_label_with_unit("data.resolution"), "Images: Resolution (px)");
    EXPECT_EQ(full_label_with_unit("train.steps"), "Training: Steps");
}

TEST(Wording, FindsFieldsOfElementsThatAreNotThere) {
    ASSERT_NE(find_field("data.subsets.7.folder"), nullptr);
    EXPECT_EQ(find_field("data.subsets.7.nothing"), nullptr);
    EXPECT_EQ(find_field("nothing"), nullptr);
}

TEST(Wording, ValuesReadAsTheyAreTyped) {
    EXPECT_EQ(text_of(Value(8.0)), "8");
    EXPECT_EQ(text_of(Value(0.0005)), "0.0005");
    EXPECT_EQ(text_of(Value(1e-8)), "1e-08");
    EXPECT_EQ(text_of(Value(std::vector<std::int64_t>{512, 768})), "512, 768");
    EXPECT_EQ(text_of(Value(std::vector<std::string>{".txt", ".caption"})), ".txt, .caption");
    EXPECT_EQ(text_of(Value(std::vector<std::string>{"a,b"})), "[\"a,b\"]");
    EXPECT_EQ(text_of(Value()), "");
}

TEST(Wording, AComplaintNamesWhatItIsAbout) {
    EXPECT_EQ(sentence("must be above 0, is -1.", "optim.lr"), "Learning rate must be above 0, is -1.");
    EXPECT_EQ(sentence("is given twice.", "optim.lr"), "Is given twice.");
    EXPECT_EQ(how_to_write(*find_field("data.resolution")),
              "Write whole numbers with commas between, as in 512, 768.");
    EXPECT_EQ(how_to_write(*find_field("output.name")), "");
}

TEST(Wording, FixesSayWhatTheyDo) {
    EXPECT_EQ(fix_label({"noise.max_timestep", "1000"}), "Set \"Max timestep\" to 1000");
    EXPECT_EQ(fix_label({"adapter.train_unet", "true"}), "Turn \"Train the U-Net\" on");
}

TEST(Wording, AMessageNamesSettingsAsTheFormDoes) {
    EXPECT_EQ(words_for_page("Set optim.lr = 1e-4."), "Set \"Optimizer: Learning rate\" to 1e-4.");
    EXPECT_EQ(words_for_page("Check data.subsets[0].folder."), "Check \"Folder\".");
    EXPECT_EQ(words_for_page("Add [[sample.prompts]] first"), "Add \"Prompts\" first");
    EXPECT_EQ(words_for_page("data.batch: too many"), "\"Images: Batch\": too many");
    EXPECT_EQ(words_for_page("Choose another name, such as --name x_v2, or stop it first: lorikeet stop x."),
              "Choose another name, such as x_v2, or stop it first.");
    EXPECT_EQ(words_for_page("Go on with it (lorikeet resume x); or not."), "Go on with it; or not.");
    for (const auto* same : {"runs/train.steps is there.", "a.png of [512, 768]... 0.5", "optim", "", "."})
        EXPECT_EQ(words_for_page(same), same);
}

TEST(Wording, WhatIsLeftAroundPathsAndNamesIsNoPartOfThem) {
    EXPECT_EQ(applied_text(*find_field("data.subsets.0.folder"), " \"my birds\" "), "my birds");
    EXPECT_EQ(applied_text(*find_field("model.checkpoint"), "'a.safetensors'"), "a.safetensors");
    EXPECT_EQ(applied_text(*find_field("output.name"), "my bird "), "my bird");
    EXPECT_EQ(applied_text(*find_field("sample.prompts.0.text"), " \"a\" "), " \"a\" ");
}

TEST(Wording, PathsAreTheSettingsThatJobFilesCleanToo) {
    settings::Job job;
    job.data.subsets.resize(1);
    std::set<const void*> paths;
    for (const auto* path : settings::paths_of(job)) paths.insert(path);
    for (const auto& leaf : settings::leaves(settings::schema<settings::Job>(), static_cast<void*>(&job))) {
        if (leaf.field->type->kind != settings::Kind::Text) continue;
        EXPECT_EQ(applied_text(*leaf.field, "'x'") == "x", paths.contains(leaf.at)) << leaf.path;
    }
}

TEST(Wording, ConditionsNameTheirSetting) {
    EXPECT_EQ(condition_of(find_field("optim.text_lr")->when), "Only with \"Train the text encoder\".");
    EXPECT_EQ(condition_of(find_field("optim.adamw")->when),
              "Only when \"Optimizer\" is adamw or adamw8bit.");
    EXPECT_EQ(condition_of({}), "");
}

}  // namespace lorikeet::widgets
