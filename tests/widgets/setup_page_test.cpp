#include "widgets/setup_page.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "widgets/house.hpp"

namespace lorikeet::widgets {

using studio::DoctorRow;
using studio::Health;

TEST(SetupPage, ShowsEachRowWithCauseAndRemedy) {
    TestHouse room;
    SetupPage page(*room.house);
    page.examine = [] {
        return std::vector<DoctorRow>{
            {"memory", Health::Fine, "24 GB", "", "", ""},
            {"disk", Health::Wrong, "0 GB free", "It is full.", "Delete something.", ""}};
    };
    page.shown();
    EXPECT_EQ(page.mood(), Mood::Busy);
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    const auto text = all_text(room.stage);
    for (const auto* said : {"memory", "24 GB", "It is full.", "Delete something."})
        EXPECT_NE(text.find(said), std::string::npos) << said;
    EXPECT_TRUE(control<Button>(room.stage, "Check again").enabled());
}

TEST(SetupPage, MendsWhatWeCanAndLooksAgain) {
    TestHouse room;
    SetupPage page(*room.house);
    std::atomic<bool> mended = false;
    page.examine = [&] {
        std::vector<DoctorRow> rows{{"runs", Health::Wrong, "missing", "No folder.", "Make it.", "make"}};
        if (mended) rows[0] = {"runs", Health::Fine, "there", "", "", ""};
        return rows;
    };
    page.mend = [&](const std::string& id) { mended = id == "make"; };
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    click(control<Button>(room.stage, "Create runs"));
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Done; }));
    EXPECT_EQ(find_control<Button>(room.stage, "Create runs"), nullptr);
}

TEST(SetupPage, WhatIsNotFixedIsNotCalledFixed) {
    TestHouse room;
    SetupPage page(*room.house);
    page.examine = [] {
        return std::vector<DoctorRow>{{"runs", Health::Note, "missing", "No folder.", "Make it.", "make"}};
    };
    page.mend = [](const std::string&) {};
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Done; }));
    click(control<Button>(room.stage, "Create runs"));
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    EXPECT_EQ(page.status(), "Not fixed yet: runs, missing.");
}

TEST(SetupPage, SaysWhatWentWrongWhileMending) {
    TestHouse room;
    SetupPage page(*room.house);
    page.examine = [] {
        return std::vector<DoctorRow>{{"runs", Health::Wrong, "missing", "No.", "Make it.", "make"}};
    };
    page.mend = [](const std::string&) {
        base::fail(base::ErrorCode::Io, "The disk is read-only.", "Mount it.");
    };
    page.shown();
    ASSERT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    click(control<Button>(room.stage, "Create runs"));
    ASSERT_TRUE(room.loop.run_until([&] { return page.status() == "The disk is read-only."; }));
}

TEST(SetupPage, LooksAtThisMachineByItself) {
    TestHouse room;
    SetupPage page(*room.house);
    page.shown();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() != Mood::Busy; }));
    EXPECT_TRUE(page.mood() == Mood::Done || page.mood() == Mood::Wrong);
}

}  // namespace lorikeet::widgets
