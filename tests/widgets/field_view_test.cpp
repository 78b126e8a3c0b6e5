#include "widgets/field_view.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "widgets/support.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {
namespace {

struct WithFields : Room {
    FieldView& field(const std::string& path) {
        auto& made = views.emplace_back(std::make_unique<FieldView>(styles, *find_field(path), path));
        return *made;
    }
    static std::string note(const FieldView& view) {
        std::string text;
        for (const auto& child : view.children())
            if (const auto* html = dynamic_cast<const Html*>(child.get())) text += html->html();
        return text;
    }
    SharedStyles styles{registry};
    std::vector<std::unique_ptr<FieldView>> views;
};

}  // namespace

TEST(FieldView, AKindOfSettingHasItsKindOfControl) {
    WithFields room;
    EXPECT_NE(dynamic_cast<Checkbox*>(&room.field("adapter.train_text").input()), nullptr);
    EXPECT_NE(dynamic_cast<Dropdown*>(&room.field("optim.schedule.shape").input()), nullptr);
    for (const auto* path : {"optim.lr", "data.resolution", "output.comment", "optim.adamw.betas"})
        EXPECT_NE(dynamic_cast<Text*>(&room.field(path).input()), nullptr) << path;
}

TEST(FieldView, AFlagThatMayBeLeftOpenIsAList) {
    WithFields room;
    auto& view = room.field("data.subsets.0.random_crop");
    ASSERT_NE(dynamic_cast<Dropdown*>(&view.input()), nullptr);
    for (const auto* text : {"true", "false", ""}) {
        view.write(text);
        EXPECT_EQ(view.text(), text);
    }
}

// Where its whole way is of use: a share, a few layers; not what spans decades, goes to thousands or may be left open.
TEST(FieldView, ASliderStandsWhereItHelps) {
    WithFields room;
    for (const auto* path : {"adapter.dropout", "model.clip_skip", "sample.cfg", "noise.offset"})
        EXPECT_NE(room.field(path).slider(), nullptr) << path;
    for (const auto* path : {"optim.lr", "optim.adamw.eps", "adapter.rank", "train.accumulate", "train.seed"})
        EXPECT_EQ(room.field(path).slider(), nullptr) << path;
    auto& dropout = room.field("adapter.dropout");
    EXPECT_LT(dropout.slider()->state().at("max").get<double>(), 1) << "1 itself is not allowed";
}

TEST(FieldView, WhatIsWrittenIsReadBackWhateverItIs) {
    WithFields room;
    for (const auto& [path, text] :
         std::vector<std::pair<std::string, std::string>>{{"optim.lr", "1e-"},
                                                          {"optim.lr", ""},
                                                          {"data.resolution", "512, 768"},
                                                          {"adapter.dropout", "7"},
                                                          {"adapter.train_text", "false"},
                                                          {"adapter.train_text", "true"},
                                                          {"optim.schedule.shape", "linear"}}) {
        auto& view = room.field(path);
        int heard = 0;
        view.on_typed = [&](const std::string&) { ++heard; };
        view.write(text);
        EXPECT_EQ(view.text(), text) << path;
        EXPECT_EQ(heard, 0) << path << ": nobody typed it";
    }
    auto& shape = room.field("optim.schedule.shape");
    shape.write("sideways");  // of another version's file
    EXPECT_EQ(shape.text(), "");
}

TEST(FieldView, TellsWhatThePersonDoesAsText) {
    WithFields room;
    std::string typed;
    const auto hear = [&](FieldView& view) -> FieldView& {
        view.on_typed = [&](const std::string& text) { typed = text; };
        return view;
    };
    type_into(hear(room.field("optim.lr")).input(), "1e-4");
    EXPECT_EQ(typed, "1e-4");
    hear(room.field("adapter.train_text")).input().take_update({{"value", true}}, {});
    EXPECT_EQ(typed, "true");
    hear(room.field("optim.schedule.shape")).input().take_update({{"index", 1}}, {});
    EXPECT_EQ(typed, "linear");
    hear(room.field("adapter.dropout")).slider()->take_update({{"value", 0.1 + 0.2}}, {});
    EXPECT_EQ(typed, "0.3");
}

TEST(FieldView, ASettingThatMayBeLeftOpenSaysWhatThatMeans) {
    WithFields room;
    const auto within = [&](const std::string& path) {
        return room.field(path).input().state().dump().find("chosen for the model") != std::string::npos;
    };
    EXPECT_TRUE(within("adapter.rank"));
    EXPECT_TRUE(within("optim.lr"));
    EXPECT_FALSE(within("adapter.dropout"));
}

TEST(FieldView, WhatIsWrongStandsInThePlaceOfTheSentenceAndWhatIsMissingBelowIt) {
    WithFields room;
    auto& view = room.field("optim.lr");
    const auto sentence = WithFields::note(view);
    EXPECT_NE(sentence.find("The learning rate of the U-Net"), std::string::npos);
    view.say({{{"optim.lr"}, "Set optim.lr to <b>less</b>.", {}}}, "");
    const auto wrong = WithFields::note(view);
    EXPECT_NE(wrong.find("lk-wrong"), std::string::npos);
    EXPECT_NE(wrong.find("&lt;b&gt;less"), std::string::npos) << "shown, not obeyed: " << wrong;
    EXPECT_EQ(wrong.find("optim.lr"), std::string::npos) << "as the form calls it: " << wrong;
    EXPECT_EQ(wrong.find("The learning rate of the U-Net"), std::string::npos);
    view.say({{{"optim.lr"}, "Fill this in.", {}, true}}, "");
    const auto missing = WithFields::note(view);
    EXPECT_TRUE(missing.starts_with(sentence)) << missing;
    EXPECT_NE(missing.find("lk-missing"), std::string::npos);
    EXPECT_EQ(missing.find("lk-wrong"), std::string::npos);
    view.say({}, "");
    EXPECT_EQ(WithFields::note(view), sentence);
}

TEST(FieldView, AConditionGreysTheFieldAndItsSliderAndSaysWhy) {
    WithFields room;
    auto& view = room.field("adapter.dropout");
    view.say({}, "Only when it is used.");
    EXPECT_FALSE(view.input().enabled());
    EXPECT_FALSE(view.slider()->enabled());
    EXPECT_NE(WithFields::note(view).find("Only when it is used."), std::string::npos);
    view.say({}, "");
    EXPECT_TRUE(view.input().enabled());
    EXPECT_TRUE(view.slider()->enabled());
}

TEST(FieldView, AFixIsAButtonThatStaysWhileItIsTheSame) {
    WithFields room;
    auto& view = room.field("optim.schedule.warmup");
    std::vector<std::string> fixed;
    view.on_fix = [&](const settings::Assignment& fix) { fixed.push_back(fix.path + " = " + fix.text); };
    const Trouble trouble{{"optim.schedule.warmup"},
                          "It must be whole.",
                          settings::Assignment{"optim.schedule.warmup", "0.05"}};
    view.say({trouble}, "");
    ASSERT_EQ(view.fix_buttons().size(), 1U);
    const auto id = view.fix_buttons()[0]->id();
    EXPECT_EQ(view.fix_buttons()[0]->label(), fix_label(*trouble.fix));
    view.say({trouble}, "");
    ASSERT_EQ(view.fix_buttons().size(), 1U);
    EXPECT_EQ(view.fix_buttons()[0]->id(), id) << "under a finger nothing is made again";
    click(*view.fix_buttons()[0]);
    EXPECT_EQ(fixed, std::vector<std::string>{"optim.schedule.warmup = 0.05"});
    view.say({}, "");
    EXPECT_TRUE(view.fix_buttons().empty());
}

}  // namespace lorikeet::widgets
