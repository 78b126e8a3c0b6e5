#include "widgets/section_form.hpp"

#include <gtest/gtest.h>

#include "settings/tagging.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

namespace {

struct WithSectionForm : Room {
    SharedStyles styles{registry};
    settings::Tagging tagging;
    SectionForm form{styles, settings::schema<settings::Tagging>(), &tagging};
};

}  // namespace

TEST(SectionForm, HasAFieldForEverySetting) {
    WithSectionForm room;
    const auto threshold = room.form.take("threshold");
    const auto rest = room.form.take_rest();
    EXPECT_EQ(rest.size() + 1, settings::schema<settings::Tagging>().fields.size());
    EXPECT_TRUE(room.form.take_rest().empty());
    EXPECT_EQ(room.form.text("threshold"), "0.35");
}

TEST(SectionForm, WhatIsTypedStandsInTheObject) {
    WithSectionForm room;
    int told = 0;
    room.form.on_change = [&] { ++told; };
    type_into(room.form.field("threshold").input(), "0,5");
    EXPECT_EQ(room.tagging.threshold, 0.5);
    type_into(room.form.field("exclude").input(), "girl, *hair");
    EXPECT_EQ(room.tagging.exclude, (std::vector<std::string>{"girl", "*hair"}));
    type_into(room.form.field("character_threshold").input(), "0.9");
    EXPECT_EQ(room.tagging.character_threshold, 0.9);
    type_into(room.form.field("character_threshold").input(), "");
    EXPECT_FALSE(room.tagging.character_threshold);
    EXPECT_EQ(told, 4);
    EXPECT_EQ(room.form.kept(), (Texts{{"threshold", "0,5"}, {"exclude", "girl, *hair"}}));
}

TEST(SectionForm, WhatCannotBeSoIsSaidAndTheDefaultStands) {
    WithSectionForm room;
    EXPECT_NE(room.form.summary().find("Model"), std::string::npos) << "still to fill in";
    room.form.type("model", "tagger");
    EXPECT_EQ(room.form.summary(), "");
    type_into(room.form.field("threshold").input(), "7");
    EXPECT_EQ(room.tagging.threshold, 0.35);
    type_into(room.form.field("replace").input(), "a");
    EXPECT_EQ(room.form.summary(), "2 fields need a look: Threshold, Replace.");
    EXPECT_EQ(room.form.text("threshold"), "7") << "what was typed stays";
    EXPECT_NE(all_text(room.registry).find("must be pairs"), std::string::npos);
}

TEST(SectionForm, ASettingWithoutEffectCannotBeTypedIn) {
    WithSectionForm room;
    EXPECT_FALSE(room.form.field("rating_threshold").input().enabled());
    room.form.type("rating", "last");
    EXPECT_TRUE(room.form.field("rating_threshold").input().enabled());
}

TEST(SectionForm, IsBroughtBack) {
    WithSectionForm room;
    room.form.type("threshold", "0.2");
    room.form.type("underscores", "true");
    WithSectionForm other;
    other.form.write(room.form.kept());
    EXPECT_EQ(other.tagging.threshold, 0.2);
    EXPECT_TRUE(other.tagging.underscores);
    other.form.write({});
    EXPECT_EQ(other.tagging.threshold, 0.35);
}

}  // namespace lorikeet::widgets
