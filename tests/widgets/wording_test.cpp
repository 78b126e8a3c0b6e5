#include "widgets/wording.hpp"

#include <gtest/gtest.h>

#include "settings/job.hpp"

namespace lorikeet::widgets {

using settings::Value;

TEST(Wording, KeysBecomeLabelsThatPeopleRead) {
    EXPECT_EQ(label_of(*find_field("optim.lr")), "Learning rate");
    EXPECT_EQ(label_of(*find_field("data.resolution")), "Resolution (px)");
    EXPECT_EQ(label_of(*find_field("model.clip_skip")), "Clip skip");
    EXPECT_EQ(label_of(*find_field("train.epochs")), "Epochs") << "the unit says nothing more";
    EXPECT_EQ(full_label("data.subsets.1.repeats"), "Folder 2: Repeats");
    EXPECT_EQ(full_label("output.name"), "Output: Name");
    EXPECT_EQ(full_label("optim.rule"), "Optimizer") << "not twice the same";
    EXPECT_EQ(full_label_with_unit("data.resolution"), "Pictures: Resolution (px)");
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

TEST(Wording, FixesSayWhatTheyDo) {
    EXPECT_EQ(fix_label({"noise.max_timestep", "1000"}), "Set \"Most timestep\" to 1000");
    EXPECT_EQ(fix_label({"adapter.train_unet", "true"}), "Turn \"Train the U-Net\" on");
}

TEST(Wording, ConditionsNameTheirSetting) {
    EXPECT_EQ(condition_of(find_field("optim.text_lr")->when), "Only with \"Train the text encoder\".");
    EXPECT_EQ(condition_of(find_field("optim.adamw")->when),
              "Only when \"Optimizer\" is adamw or adamw8bit.");
    EXPECT_EQ(condition_of({}), "");
}

}  // namespace lorikeet::widgets
