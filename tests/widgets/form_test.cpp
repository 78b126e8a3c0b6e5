#include "widgets/form.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "settings/check.hpp"
#include "widgets/field_view.hpp"
#include "widgets/list_view.hpp"
#include "widgets/support.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

namespace {

struct WithForm : Room {
    SharedStyles styles{registry};
    Form form{styles, {"output.name", "data.subsets.0.folder"}, Form::Rest::BehindSwitch};
    std::unique_ptr<Control> rest = form.take_rest();

    FieldView& field(std::string_view path) const {
        auto* view = form.find(path);
        if (view == nullptr) throw std::runtime_error("no field for " + std::string(path));
        return *view;
    }
    std::string note(std::string_view path) const {
        std::string text;
        for (const auto& child : field(path).children())
            if (const auto* html = dynamic_cast<const Html*>(child.get())) text += html->html();
        return text;
    }
};

void type(FieldView& view, const std::string& text) { type_into(view.input(), text); }

}  // namespace

// Settings that no form shows, each with the reason. A new setting is on the form by itself.
const std::set<std::string>& not_on_the_form() {
    static const std::set<std::string> none{};
    return none;
}

TEST(Form, EverySettingHasItsField) {
    WithForm room;
    settings::Job job;
    job.data.subsets.resize(2);
    job.sample.prompts.resize(1);
    room.form.write(job);
    std::set<std::string> missing;
    for (const auto& leaf : settings::leaves(settings::schema<settings::Job>(), &job))
        if (room.form.find(leaf.path) == nullptr) missing.insert(leaf.path);
    EXPECT_EQ(missing, not_on_the_form());
    EXPECT_GT(room.form.paths().size(), 50U);
}

TEST(Form, EveryFieldHasALabelAndSaysWhatDescribeSays) {
    WithForm room;
    for (const auto& path : room.form.paths()) {
        const auto& field = *find_field(path);
        EXPECT_FALSE(room.field(path).input().label().empty()) << path;
        EXPECT_NE(room.note(path).find(escape(field.what)), std::string::npos) << path;
        for (const auto said : {field.more, field.type->optional ? field.unset : std::string_view()})
            EXPECT_NE(room.note(path).find(escape(said)), std::string::npos) << path;
    }
}

TEST(Form, NoTwoFieldsAreToldApartByColourOrPlaceAlone) {
    WithForm room;
    std::set<std::string> names;
    for (const auto& path : room.form.paths())
        EXPECT_TRUE(names.insert(full_label(path)).second) << full_label(path);
}

TEST(Form, EverySliderHasATypedFieldBesideIt) {
    WithForm room;
    int sliders = 0;
    for (const auto& path : room.form.paths()) {
        auto& view = room.field(path);
        if (view.slider() == nullptr) continue;
        ++sliders;
        EXPECT_NE(dynamic_cast<Text*>(&view.input()), nullptr) << path;
    }
    EXPECT_GE(sliders, 3);
    EXPECT_EQ(room.field("optim.lr").slider(), nullptr) << "it spans decades";
}

TEST(Form, ASliderAndItsFieldGoTogether) {
    WithForm room;
    auto& view = room.field("adapter.dropout");
    type(view, "0.25");
    EXPECT_EQ(view.slider()->value(), 0.25);
    view.slider()->take_update({{"value", 0.30000000000000004}}, {});
    EXPECT_EQ(view.text(), "0.3");
    EXPECT_EQ(room.form.typed().job().adapter.dropout, 0.3);
    type(view, "7");
    EXPECT_EQ(view.text(), "7") << "what was typed stays, beyond the slider too";
}

TEST(Form, WhatIsTypedWronglyStaysWithTheReasonBesideIt) {
    WithForm room;
    int heard = 0;
    room.form.on_change = [&] { ++heard; };
    type(room.field("optim.lr"), "1e-");
    EXPECT_EQ(room.field("optim.lr").text(), "1e-");
    EXPECT_NE(room.note("optim.lr").find("lk-wrong"), std::string::npos);
    EXPECT_NE(room.form.summary().find("Learning rate"), std::string::npos);
    type(room.field("optim.lr"), "1e-4");
    EXPECT_EQ(room.note("optim.lr").find("lk-wrong"), std::string::npos);
    EXPECT_EQ(heard, 2);
}

TEST(Form, WhatWasFoundBesidesStandsAtItsField) {
    WithForm room;
    type(room.field("data.subsets.0.folder"), "birds");
    EXPECT_EQ(room.form.summary(), "");
    room.form.set_found({{{"data.subsets.0.folder"}, "There is no folder birds.", {}}});
    EXPECT_EQ(room.form.summary(), "Please check: Folder.");
    EXPECT_NE(room.note("data.subsets.0.folder").find("There is no folder birds."), std::string::npos);
    type(room.field("data.subsets.0.folder"), "");
    EXPECT_EQ(room.form.summary(), "Still to fill in: Folder.");
    room.form.set_found({});
    type(room.field("data.subsets.0.folder"), "birds");
    EXPECT_EQ(room.form.summary(), "");
}

TEST(Form, NothingChangesBehindThePersonsBack) {
    WithForm room;
    const auto before = room.form.typed().texts();
    type(room.field("noise.min_timestep"), "2000");
    type(room.field("adapter.train_unet"), "x");
    room.field("adapter.train_unet").input().take_update({{"value", false}}, {});
    room.field("adapter.train_text").input().take_update({{"value", false}}, {});
    auto after = room.form.typed().texts();
    EXPECT_EQ(after["noise.min_timestep"], "2000");
    for (const auto* touched : {"noise.min_timestep", "adapter.train_unet", "adapter.train_text"})
        after[touched] = before.at(touched);
    EXPECT_EQ(after, before);
}

TEST(Form, AConflictStandsBesideBothFieldsWithAButtonThatFixesIt) {
    WithForm room;
    room.field("adapter.train_unet").input().take_update({{"value", false}}, {});
    room.field("adapter.train_text").input().take_update({{"value", false}}, {});
    for (const auto* path : {"adapter.train_unet", "adapter.train_text"}) {
        EXPECT_NE(room.note(path).find("lk-wrong"), std::string::npos) << path;
        ASSERT_EQ(room.field(path).fix_buttons().size(), 1U) << path;
    }
    click(*room.field("adapter.train_text").fix_buttons()[0]);
    EXPECT_TRUE(room.form.typed().job().adapter.train_unet);
    EXPECT_TRUE(room.field("adapter.train_text").fix_buttons().empty());
    EXPECT_TRUE(room.field("adapter.train_unet").fix_buttons().empty());
}

TEST(Form, ASettingWithoutAPartIsGreyAndSaysWhy) {
    WithForm room;
    room.field("adapter.train_text").input().take_update({{"value", false}}, {});
    EXPECT_FALSE(room.field("optim.text_lr").input().enabled());
    EXPECT_NE(room.note("optim.text_lr").find("Train the text encoder"), std::string::npos);
    room.field("adapter.train_text").input().take_update({{"value", true}}, {});
    EXPECT_TRUE(room.field("optim.text_lr").input().enabled());
}

TEST(Form, AChoiceTellsWhatTheChosenWordMeans) {
    WithForm room;
    auto& view = room.field("optim.schedule.shape");
    view.input().take_update({{"index", 1}}, {});
    EXPECT_EQ(room.form.typed().job().optim.schedule.shape, settings::ScheduleShape::Linear);
    EXPECT_NE(room.note("optim.schedule.shape").find(escape(say(settings::ScheduleShape::Linear).what)),
              std::string::npos);
}

TEST(Form, TheSwitchLosesNothing) {
    WithForm room;
    type(room.field("noise.offset"), "0.0x");
    type(room.field("train.seed"), "7");
    const auto texts = room.form.typed().texts();
    auto& shown = control<Checkbox>(room.registry, "Show all settings");
    for (const bool open : {true, false, true}) shown.take_update({{"value", open}}, {});
    EXPECT_EQ(room.form.typed().texts(), texts);
    EXPECT_EQ(room.field("noise.offset").text(), "0.0x");
    EXPECT_TRUE(room.form.is_open());
}

TEST(Form, TroubleBehindAFoldIsToldOnIt) {
    WithForm room;
    type(room.field("noise.offset"), "x");
    EXPECT_NE(find_control<Button>(room.registry, "Noise \u2013 1 to look at"), nullptr);
    type(room.field("noise.offset"), "0.1");
    EXPECT_NE(find_control<Button>(room.registry, "Noise"), nullptr);
}

TEST(Form, FoldersAreAddedRemovedAndBroughtBack) {
    WithForm room;
    EXPECT_EQ(find_control<Button>(room.registry, "Remove folder 1"), nullptr) << "the only one stays";
    click(control<Button>(room.registry, "Add a folder"));
    type(room.field("data.subsets.1.folder"), "second");
    click(control<Button>(room.registry, "Remove folder 2"));
    EXPECT_EQ(room.form.find("data.subsets.1.folder"), nullptr);
    click(control<Button>(room.registry, "Bring the removed folder back"));
    EXPECT_EQ(room.field("data.subsets.1.folder").text(), "second");
    EXPECT_EQ(room.form.typed().job().data.subsets.size(), 2U);
}

// Each rule of the schema, broken and fixed by what its button does.
TEST(Form, EveryFixOfARuleCuresIt) {
    const std::vector<std::pair<Texts, std::string>> broken = {
        {{{"noise.min_timestep", "900"}, {"noise.max_timestep", "900"}}, "noise.max_timestep"},
        {{{"adapter.train_unet", "false"}, {"adapter.train_text", "false"}}, "adapter.train_unet"},
        {{{"optim.schedule.warmup", "2.5"}}, "optim.schedule.warmup"},
        {{{"optim.schedule.warmup", "50"}, {"train.steps", "10"}}, "train.steps"},
        {{{"output.name", "a/b"}}, "output.name"},
        {{{"data.caption_extensions", "txt"}}, "data.caption_extensions"},
    };
    for (const auto& [texts, path] : broken) {
        WithForm room;
        auto all = texts;
        all["data.subsets.0.folder"] = "pictures";
        room.form.write(all);
        ASSERT_EQ(room.form.troubles().size(), 1U) << path;
        ASSERT_FALSE(room.field(path).fix_buttons().empty()) << path;
        click(*room.field(path).fix_buttons()[0]);
        EXPECT_TRUE(room.form.troubles().empty()) << path;
    }
}

}  // namespace lorikeet::widgets
