#include "widgets/setup_page.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "support/run_folder.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

using studio::DoctorRow;
using studio::Health;

TEST(SetupPage, ShowsEachRowWithCauseAndRemedy) {
    TestPageContext room;
    SetupPage page(*room.context);
    page.examine = [] {
        return std::vector<DoctorRow>{
            {"memory", Health::Fine, "24 GB", "", "", ""},
            {"disk", Health::Wrong, "0 GB free", "It is full.", "Delete something.", ""}};
    };
    page.shown();
    EXPECT_EQ(page.mood(), Mood::Busy);
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    const auto text = all_text(room.registry);
    for (const auto* said : {"memory", "24 GB", "It is full.", "Delete something."})
        EXPECT_NE(text.find(said), std::string::npos) << said;
    EXPECT_TRUE(control<Button>(room.registry, "Check again").enabled());
}

TEST(SetupPage, FixesWhatWeCanAndLooksAgain) {
    TestPageContext room;
    SetupPage page(*room.context);
    std::atomic<bool> fixed = false;
    page.examine = [&] {
        std::vector<DoctorRow> rows{{"runs", Health::Wrong, "missing", "No folder.", "Make it.", "make"}};
        if (fixed) rows[0] = {"runs", Health::Fine, "there", "", "", ""};
        return rows;
    };
    page.fix = [&](const std::string& id) { fixed = id == "make"; };
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    click(control<Button>(room.registry, "Create runs"));
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Done; }));
    EXPECT_EQ(find_control<Button>(room.registry, "Create runs"), nullptr);
}

TEST(SetupPage, WhatIsNotFixedIsNotCalledFixed) {
    TestPageContext room;
    SetupPage page(*room.context);
    page.examine = [] {
        return std::vector<DoctorRow>{{"runs", Health::Note, "missing", "No folder.", "Make it.", "make"}};
    };
    page.fix = [](const std::string&) {};
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Done; }));
    click(control<Button>(room.registry, "Create runs"));
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    EXPECT_EQ(page.status(), "Not fixed yet: runs, missing.");
}

TEST(SetupPage, SaysWhatWentWrongWhileFixing) {
    TestPageContext room;
    SetupPage page(*room.context);
    page.examine = [] {
        return std::vector<DoctorRow>{{"runs", Health::Wrong, "missing", "No.", "Make it.", "make"}};
    };
    page.fix = [](const std::string&) {
        base::fail(base::ErrorCode::Io, "The disk is read-only.", "Mount it.");
    };
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    click(control<Button>(room.registry, "Create runs"));
    ASSERT_TRUE(room.loop.run_until([&] { return page.status() == "The disk is read-only."; }));
}

TEST(SetupPage, NamesATrainingThatGoesOnAndLooksAtItsFoldersAgain) {
    TestPageContext room;
    support::RunFolder run;
    SetupPage page(*room.context);
    std::atomic<bool> there = false;
    page.examine = [&] {
        return std::vector<DoctorRow>{{"runs", Health::Note, there ? "2 runs" : "not there yet", "", "", ""}};
    };
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Done; }));
    there = true;
    const studio::RunRecord record(run.path(), studio::Others::Allow);
    const auto says = [&](const char* words) {
        const auto said = [&] { return all_text(room.registry).find(words) != std::string::npos; };
        for (int i = 0; i < 400 && !said(); ++i) {
            room.loop.advance(std::chrono::seconds(1));
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return said();
    };
    EXPECT_TRUE(says("bird is training."));
    EXPECT_TRUE(says("2 runs"));
    EXPECT_EQ(page.mood(), Mood::Done) << "the status line stays";
}

TEST(SetupPage, LooksAtThisMachineByItself) {
    TestPageContext room;
    SetupPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() != Mood::Busy; }));
    EXPECT_TRUE(page.mood() == Mood::Done || page.mood() == Mood::Wrong);
}

}  // namespace lorikeet::widgets
