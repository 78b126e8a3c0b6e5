#include "widgets/run_panel.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "support/run_folder.hpp"
#include "train/run_dir.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {
namespace {

using Begun = RunPanel::Begun;

// A panel whose run is a folder that the test writes; what it says to its page is kept.
struct WithPanel : TestPageContext {
    void follow(Begun begun) {
        const auto before = looks;
        panel.follow(run.path(), {}, begun);
        wait(before);
    }
    void look() {
        const auto before = looks;
        loop.advance(std::chrono::milliseconds(500));
        wait(before);
    }
    void wait(int before) {
        EXPECT_TRUE(loop.run_until([&] { return looks > before; }));
    }
    bool offers(std::string_view button) const {
        return panel.button(button).shown() && panel.button(button).enabled();
    }
    // What makes a stopped run one that can be gone on with.
    void save_state(int step) const {
        std::filesystem::create_directories(run.path() / "state");
        base::write_whole(run.path() / "state" / "state.safetensors", "x");
        run.say(fmt::format(R"({{"time":1200,"kind":"state","step":{}}})", step));
    }

    support::RunFolder run;
    int looks = 0, said_count = 0;
    Mood mood = Mood::Ready;
    std::string said, more;
    RunPanel panel{*context,
                   [this](Mood how, const std::string& sentence, const std::string& rest) {
                       mood = how;
                       said = sentence;
                       more = rest;
                       ++said_count;
                   },
                   [this](const std::vector<std::string>&) { ++looks; }};
    Box box{context->styles, Box::Way::Down, panel.take_controls()};
};

}  // namespace

TEST(RunPanel, ARunThatEndedWithoutAWordIsToldAsWhatItIs) {
    WithPanel room;
    room.run.step(7, 0.5);
    room.follow(Begun::Here);
    EXPECT_EQ(room.mood, Mood::Wrong);
    EXPECT_EQ(
        room.said,
        "bird ended at step 7 without a message. It may have run out of memory, or the machine went down.");
    EXPECT_EQ(room.more, "Nothing was saved to resume from.");
    EXPECT_FALSE(room.panel.is_alive());
    EXPECT_EQ(room.panel.chart().size(), 1U);
    for (const auto* button : {"Stop", "Save now", "Sample now", "Resume"})
        EXPECT_FALSE(room.offers(button)) << button;
    const auto before = room.said_count;
    room.look();
    EXPECT_EQ(room.said_count, before) << "once";
}

TEST(RunPanel, ARunOfEarlierIsNoNewsButItsStateStandsAmongTheFacts) {
    WithPanel room;
    room.run.step(90, 0.5);
    room.run.say(
        R"({"time":1100,"kind":"end","reason":"finished","step":100,"file":"checkpoints/bird.safetensors"})");
    room.follow(Begun::Before);
    EXPECT_EQ(room.said_count, 0);
    EXPECT_EQ(room.panel.state(), studio::RunState::Finished);
    const auto facts = room.panel.facts_html();
    EXPECT_NE(facts.find("bird is finished. Written: " +
                         (room.run.path() / "checkpoints/bird.safetensors").string()),
              std::string::npos)
        << facts;
    EXPECT_FALSE(room.offers("Resume"));
}

TEST(RunPanel, AStoppedRunOffersToGoOnUnlessAnotherPlaceDoes) {
    WithPanel room;
    room.run.step(50, 0.5);
    room.save_state(50);
    room.run.say(R"({"time":1300,"kind":"end","reason":"stopped","step":50})");
    room.follow(Begun::Here);
    EXPECT_EQ(room.mood, Mood::Look);
    EXPECT_EQ(room.said, "bird stopped at step 50. Everything is saved.");
    EXPECT_EQ(room.more, "Resume goes on from step 50.");
    EXPECT_TRUE(room.offers("Resume"));
    room.panel.leave_resume_of(room.run.path());
    EXPECT_FALSE(room.offers("Resume"));
    room.look();
    EXPECT_FALSE(room.offers("Resume")) << "it stays so";
    room.panel.leave_resume_of({});
    room.look();
    EXPECT_TRUE(room.offers("Resume"));
}

TEST(RunPanel, AFailureNamesTheFieldsItIsAbout) {
    WithPanel room;
    room.run.step(41, 0.5);
    room.run.say(
        R"({"time":1100,"kind":"end","reason":"failed","step":41,"text":"The loss became NaN.","hint":"Lower optim.lr."})");
    room.follow(Begun::Here);
    EXPECT_EQ(room.mood, Mood::Wrong);
    EXPECT_EQ(room.said, "The loss became NaN.");
    EXPECT_EQ(room.more, "Lower optim.lr. (Optimizer: Learning rate)");
}

TEST(RunPanel, ALivingRunSaysHowFarItIsAndItsLastWarning) {
    WithPanel room;
    room.run.say(R"({"time":1000,"kind":"phase","name":"training"})");
    room.run.say(R"({"time":1001,"kind":"warning","text":"One image is small."})");
    room.run.step(3, 0.5);
    const auto lock = train::RunDir::open(room.run.path()).lock();
    room.follow(Begun::Before);
    EXPECT_TRUE(room.panel.is_alive());
    EXPECT_EQ(room.mood, Mood::Busy);
    EXPECT_EQ(room.said, "bird: training, step 3 of 100.");
    EXPECT_EQ(room.more, "One image is small.");
    const auto facts = room.panel.facts_html();
    for (const auto* words : {"Running for", "3 of 100", "1 of 2", "0.001", "0.50 s a step"})
        EXPECT_NE(facts.find(words), std::string::npos) << words << " in " << facts;
    for (const auto* button : {"Stop", "Save now", "Sample now"}) EXPECT_TRUE(room.offers(button)) << button;
    EXPECT_FALSE(room.offers("Resume"));
}

// What is asked lies in the run's directory; what the run answers takes the place of what was said.
TEST(RunPanel, ARequestIsWrittenOnceAndItsAnswerShown) {
    WithPanel room;
    room.run.say(R"({"time":1000,"kind":"phase","name":"training"})");
    room.run.step(3, 0.5);
    const auto lock = train::RunDir::open(room.run.path()).lock();
    room.follow(Begun::Here);
    const auto control = room.run.path() / "control";
    click(room.panel.button("Save now"));
    EXPECT_EQ(room.said, "Saving after this step.");
    ASSERT_TRUE(room.loop.run_until([&] {
        room.loop.advance(std::chrono::milliseconds(10));
        return std::filesystem::exists(control);
    }));
    EXPECT_NE(base::read_text(control).find("save"), std::string::npos);
    room.look();
    EXPECT_EQ(room.more, "Saving after this step.") << "until the run says more";
    room.run.say(
        R"({"time":1010,"kind":"request","request":"save","answer":"done","text":"Saved after step 3."})");
    room.look();
    EXPECT_EQ(room.more, "Saved after step 3.");
    click(room.panel.button("Stop"));
    EXPECT_FALSE(room.panel.button("Stop").enabled()) << "once is enough";
    room.look();
    for (const auto* button : {"Stop", "Save now", "Sample now"}) EXPECT_FALSE(room.offers(button)) << button;
}

TEST(RunPanel, AReceiptBelongsToItsSession) {
    WithPanel room;
    room.run.say(R"({"time":1000,"kind":"session","start":"fresh"})");
    room.run.say(R"({"time":1001,"kind":"phase","name":"training"})");
    room.run.step(3, 0.5);
    room.run.say(
        R"({"time":1010,"kind":"request","request":"save","answer":"done","text":"Saved after step 3."})");
    const auto lock = train::RunDir::open(room.run.path()).lock();
    room.follow(Begun::Here);
    EXPECT_EQ(room.more, "") << "it is of before anybody looked";
    room.run.say(
        R"({"time":1020,"kind":"request","request":"stop","answer":"done","text":"Stopped after step 3."})");
    room.look();
    EXPECT_EQ(room.more, "Stopped after step 3.");
    room.run.say(R"({"time":1030,"kind":"session","start":"resumed"})");
    room.look();
    EXPECT_EQ(room.more, "") << "another session";
    // Another run in its place.
    room.run.say(
        R"({"time":1040,"kind":"request","request":"save","answer":"done","text":"Saved after step 4."})");
    room.look();
    EXPECT_EQ(room.more, "Saved after step 4.");
    std::filesystem::remove(room.run.path() / "events.jsonl");
    room.run.say(R"({"time":1050,"kind":"session","start":"fresh"})");
    room.look();
    EXPECT_EQ(room.more, "");
}

TEST(RunPanel, ThePathOfAFinishedLoraCanBeCopied) {
    WithPanel room;
    room.run.step(100, 0.5);
    room.follow(Begun::Before);
    EXPECT_FALSE(room.offers("Copy path"));
    room.run.say(
        R"({"time":1100,"kind":"end","reason":"finished","step":100,"file":"checkpoints/bird.safetensors"})");
    room.look();
    ASSERT_TRUE(room.offers("Copy path"));
    click(room.panel.button("Copy path"));
    EXPECT_EQ(room.said, "Copied: " + (room.run.path() / "checkpoints/bird.safetensors").string());
}

TEST(RunPanel, WhatCannotBeAskedIsSaidWithItsReason) {
    WithPanel room;
    room.run.step(3, 0.5);
    {
        const auto lock = train::RunDir::open(room.run.path()).lock();
        room.follow(Begun::Here);
    }
    click(room.panel.button("Stop"));  // it ended a moment ago
    ASSERT_TRUE(room.loop.run_until([&] { return room.mood == Mood::Wrong; }));
    EXPECT_NE(room.said.find("No process is working on"), std::string::npos) << room.said;
    EXPECT_NE(room.more, "");
}

TEST(RunPanel, ABreakIsSuggestedForAWhileAndNotToThoseWhoWantNone) {
    WithPanel room;
    const auto line = [&] { return all_text(room.registry).find("Time for a break.") != std::string::npos; };
    const auto lock = train::RunDir::open(room.run.path()).lock();
    const auto begin_before = [&](double minutes) {
        std::filesystem::remove(room.run.path() / "events.jsonl");
        room.run.say(fmt::format(R"({{"time":{:.0f},"kind":"session","start":"fresh","pid":{}}})",
                                 base::unix_seconds() - 60 * minutes, ::getpid()));
        room.follow(Begun::Here);
    };
    begin_before(20);
    EXPECT_FALSE(line());
    begin_before(46);
    EXPECT_TRUE(line());
    begin_before(55);  // of 45 minutes: ten have gone by
    EXPECT_FALSE(line());
    begin_before(91);  // the second time
    EXPECT_TRUE(line());
    control<Dropdown>(room.registry, "Remind me to take a break").take_update({{"index", 0}}, {});
    room.look();
    EXPECT_FALSE(line());
    EXPECT_EQ(studio::read_preferences(room.context->of_person).break_minutes, 0)
        << "kept for the next notebook";
}

}  // namespace lorikeet::widgets
