#include "widgets/plan_panel.hpp"

#include <gtest/gtest.h>

#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

using About = PlanPanel::About;

namespace {

struct WithPlan : TestPageContext {
    WithPlan() {
        panel.on_replace = [this] { ++asked; };
        panel.on_other_name = [] {};
        panel.on_fix = [this](const settings::Assignment& fix) { fixed = fix.path; };
    }
    int asked = 0;
    std::string fixed;
    PlanPanel panel{context->styles};
    Box box{context->styles, Box::Way::Down, panel.take_controls()};
};

}  // namespace

TEST(PlanPanel, FoldsWhenARunIsWhatCountsAndLeavesItAsThePersonHasItOtherwise) {
    WithPlan room;
    EXPECT_TRUE(room.panel.is_open());
    room.panel.place(About::ARunningRun);
    EXPECT_FALSE(room.panel.is_open());
    EXPECT_NE(find_control<Button>(room.registry, "Plan of the next run"), nullptr);
    room.panel.open();
    room.panel.place(About::ARunningRun);
    room.panel.place(About::ARun);
    EXPECT_TRUE(room.panel.is_open()) << "the person opened it";
    room.panel.place(About::ThisPlan);
    room.panel.place(About::ARun);
    EXPECT_FALSE(room.panel.is_open());
}

TEST(PlanPanel, WhatLiesThereIsReplacedOnlyWhenItIsARunThatHasEnded) {
    WithPlan room;
    studio::ExistingOutput there;
    there.next_free_name = "bird_v2";
    room.panel.show_existing("runs/bird", there);
    EXPECT_TRUE(room.panel.existing().shown());
    EXPECT_FALSE(room.panel.may_replace()) << "it is no run";
    there.is_run = true;
    room.panel.show_existing("runs/bird", there);
    EXPECT_TRUE(room.panel.may_replace());
    EXPECT_EQ(room.panel.other_name().label(), "Use the name bird_v2 instead");
    room.panel.replace().take_update({{"value", true}}, {});
    EXPECT_TRUE(room.panel.replaces());
    EXPECT_EQ(room.asked, 1);
    room.panel.leave();
    EXPECT_FALSE(room.panel.replaces());
    room.panel.hide_existing();
    EXPECT_FALSE(room.panel.existing().shown());
}

TEST(PlanPanel, WarningsStandAboveNotes) {
    WithPlan room;
    studio::Plan plan;
    plan.warnings = {"optim.lr is 5; the LoRA will most likely be noise."};
    plan.notes = {"This checkpoint uses v-prediction."};
    plan.fixes = {{"optim.lr", "0.0005"}};
    room.panel.show({}, plan);
    const auto html = room.panel.html();
    const auto warning = html.find("\u26a0</span> &quot;Optimizer: Learning rate&quot; is 5");
    ASSERT_NE(warning, std::string::npos) << html;
    EXPECT_LT(warning, html.find("\u25cb</span> This checkpoint"));
    ASSERT_EQ(room.panel.fixes().size(), 1U);
    click(*room.panel.fixes().front());
    EXPECT_EQ(room.fixed, "optim.lr");
    room.panel.show_missing({"Name", "Folder"});
    EXPECT_NE(room.panel.html().find("Missing in the recipe: Name, Folder."), std::string::npos);
    EXPECT_TRUE(room.panel.fixes().empty());
}

}  // namespace lorikeet::widgets
