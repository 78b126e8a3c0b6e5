#include "train/session.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "support/run_listener.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

std::vector<std::string> answers(const RunListener& listener) {
    std::vector<std::string> words;
    for (const auto& event : listener.of("request"))
        words.push_back(event.text("request") + " " + event.text("answer"));
    return words;
}

struct SessionPlace {
    support::TempFolder folder;
    RunDir run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    RunListener listener;
};

template <class Ready>
bool soon(Ready ready) {
    for (int i = 0; i < 500 && !ready(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return ready();
}

}  // namespace

TEST(Session, HearsAStopWhateverTheRunIsDoing) {
    SessionPlace place;
    Session session(place.run, SessionStart::Fresh, place.listener, place.listener.cancel);
    EXPECT_FALSE(session.cancel().stop_requested());
    place.run.ask(Request::Stop);
    EXPECT_TRUE(soon([&] { return session.cancel().stop_requested(); }));
    session.end_stopped("Stopped as asked.");
    EXPECT_EQ(answers(place.listener), (std::vector<std::string>{"stop heard", "stop done"}));
    EXPECT_EQ(place.listener.events.front().kind, "session");
    EXPECT_EQ(place.listener.events.back().kind, "end");
    EXPECT_NE(place.listener.events.back().find("step"), nullptr);
}

TEST(Session, WhatAnEarlierSessionLeftIsDroppedWithAWord) {
    SessionPlace place;
    place.run.ask(Request::Stop);
    Session session(place.run, SessionStart::Resume, place.listener, place.listener.cancel);
    session.note("goes on");
    EXPECT_FALSE(session.stop_requested());
    EXPECT_EQ(answers(place.listener), (std::vector<std::string>{"stop dropped"}));
}

TEST(Session, EachKindThatWaitsIsGivenOnceAndAnsweredAtTheEnd) {
    SessionPlace place;
    Session session(place.run, SessionStart::Fresh, place.listener, place.listener.cancel);
    for (const auto request : {Request::Save, Request::Save, Request::Sample}) place.run.ask(request);
    EXPECT_EQ(session.take_requests(), (std::vector{Request::Save, Request::Sample}));
    session.done(Request::Save, "Saved.");
    place.run.ask(Request::Sample);
    session.take({"metrics", {{"step", std::int64_t{7}}}});
    session.end_failed({base::ErrorCode::Io, "The disk is gone.", ""});
    EXPECT_EQ(answers(place.listener).back(), "sample dropped");
    EXPECT_EQ(place.listener.events.back().kind, "end") << "nothing is told behind the end";
    EXPECT_EQ(place.listener.events.back().number("step"), 7);
}

TEST(Session, TheCancelThatWasGivenIsHandedOnWithEveryEvent) {
    SessionPlace place;
    Session session(place.run, SessionStart::Fresh, place.listener, place.listener.cancel);
    place.listener.cancel.request_stop();
    EXPECT_TRUE(session.stop_requested());
    session.note("anything");
    EXPECT_TRUE(session.cancel().stop_requested());
    EXPECT_THROW(session.cancel().throw_if_stopped(), base::Error);
}

TEST(Session, AResumeBeginsAtTheStepOfItsState) {
    SessionPlace place;
    Session session(place.run, SessionStart::Resume, place.listener, place.listener.cancel, 3);
    session.end_failed({base::ErrorCode::Conflict, "The images are others.", ""});
    EXPECT_EQ(place.listener.events.front().number("step"), 3);
    EXPECT_EQ(place.listener.events.back().number("step"), 3);
}

TEST(Session, AListenerThatThrowsLosesNoRequestNorTheEnd) {
    SessionPlace place;
    RunListener broken([](const base::Event& event) {
        if (event.kind == "request") throw std::runtime_error("broken pipe");
    });
    Session session(place.run, SessionStart::Fresh, broken, broken.cancel);
    for (const auto request : {Request::Save, Request::Sample}) place.run.ask(request);
    session.end_finished("bird.safetensors", "LoRA");
    EXPECT_EQ(broken.events.back().kind, "end");
    const auto told = broken.of("request");
    const auto tells = [&](std::string_view request, std::string_view answer) {
        return std::any_of(told.begin(), told.end(), [&](const base::Event& event) {
            return event.text("request") == request && event.text("answer") == answer;
        });
    };
    EXPECT_TRUE(tells("save", "done"));
    EXPECT_TRUE(tells("sample", "dropped"));
}

}  // namespace lorikeet::train
