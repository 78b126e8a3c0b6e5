#include "widgets/caption_form.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

using studio::CaptionAction;

namespace {

struct WithCaptionForm : Room {
    WithCaptionForm() { form.know_trigger("my bird"); }
    Dropdown& actions() const { return control<Dropdown>(registry, "Change many captions"); }
    void choose(const std::string& label) const {
        const auto& options = actions().options();
        const auto at = std::find(options.begin(), options.end(), label) - options.begin();
        actions().take_update({{"index", at}}, {});
    }
    Text& text(const char* label) const { return control<Text>(registry, label); }
    SharedStyles styles{registry};
    CaptionForm form{styles};
    std::unique_ptr<Control> shown = form.take_control();
};

using Tags = std::vector<std::string>;

}  // namespace

TEST(CaptionForm, EachEditTakesItsOwnFields) {
    WithCaptionForm room;
    room.choose("Replace tags");
    EXPECT_TRUE(room.text("Tags in their place").shown());
    type_into(room.text("Tags"), "long hair, *eyes");
    type_into(room.text("Tags in their place"), "short hair");
    type_into(room.text("Only captions with these tags"), "girl");
    auto edit = room.form.edit();
    EXPECT_EQ(edit.action, CaptionAction::Replace);
    EXPECT_EQ(edit.tags, (Tags{"long hair", "*eyes"}));
    EXPECT_EQ(edit.with, Tags{"short hair"});
    EXPECT_EQ(edit.only_with, Tags{"girl"});
    room.choose("Find and replace text");
    edit = room.form.edit();
    EXPECT_EQ(edit.text, "long hair, *eyes");
    EXPECT_EQ(edit.replacement, "short hair");
    EXPECT_TRUE(edit.tags.empty());
    room.choose("Move tags to the front");
    EXPECT_TRUE(room.form.edit().in_front);
    room.choose("Move tags to the end");
    EXPECT_FALSE(room.form.edit().in_front);
    room.choose("Remove tags that are there twice");
    EXPECT_FALSE(room.text("Tags").shown());
    EXPECT_TRUE(room.form.edit().tags.empty());
}

TEST(CaptionForm, EveryEditOfTheDeskCanBeChosenAndIsWhole) {
    WithCaptionForm room;
    std::set<CaptionAction> actions;
    for (std::size_t i = 0; i < room.actions().options().size(); ++i) {
        room.choose(room.actions().options()[i]);
        if (auto* first = find_control<Text>(room.registry, "Tags"); first != nullptr)
            type_into(*first, "bird");
        auto texts = room.form.texts();
        texts["bulk.tags"] = "bird";
        room.form.write(texts);
        const auto edit = room.form.edit();
        actions.insert(edit.action);
        EXPECT_NO_THROW(studio::check_edit(edit)) << room.actions().options()[i];
    }
    EXPECT_EQ(actions.size(), 15U) << "as many as CaptionAction has";
}

TEST(CaptionForm, AWeightThatIsNoneIsRefused) {
    WithCaptionForm room;
    room.choose("Give tags a weight");
    type_into(room.text("Tags"), "bird");
    EXPECT_EQ(room.form.edit().weight, 1.1);
    type_into(room.text("Weight (0.1 to 3; 1 is none)"), "much");
    EXPECT_TRUE(std::isnan(room.form.edit().weight));
    EXPECT_THROW(studio::check_edit(room.form.edit()), base::Error);
}

TEST(CaptionForm, TheTriggerStandsWhereItIsMeant) {
    WithCaptionForm room;
    room.choose("Sort tags");
    EXPECT_EQ(room.text("Tags that stay in their places").value(), "my bird");
    type_into(room.text("Tags that stay in their places"), "mine");
    room.choose("Put the trigger in front");
    EXPECT_EQ(room.text("Trigger").value(), "mine") << "what is typed stays";
}

TEST(CaptionForm, WhatIsTypedIsBroughtBack) {
    WithCaptionForm room;
    room.choose("Add tags");
    type_into(room.text("Tags"), "bird");
    control<Checkbox>(room.registry, "In front").take_update({{"value", true}}, {});
    control<Checkbox>(room.registry, "Also for images without a caption").take_update({{"value", true}}, {});
    EXPECT_TRUE(room.form.creates());
    WithCaptionForm other;
    other.form.write(room.form.texts());
    EXPECT_EQ(other.form.edit().action, CaptionAction::Add);
    EXPECT_EQ(other.form.edit().tags, Tags{"bird"});
    EXPECT_TRUE(other.form.edit().in_front);
    EXPECT_TRUE(other.form.creates());
    other.form.type(CaptionAction::Remove, "cat");
    EXPECT_EQ(other.form.edit().action, CaptionAction::Remove);
    EXPECT_EQ(other.form.edit().tags, Tags{"cat"});
    EXPECT_FALSE(other.form.creates());
}

}  // namespace lorikeet::widgets
