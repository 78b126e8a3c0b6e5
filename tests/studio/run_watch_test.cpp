#include "studio/run_watch.hpp"

#include <chrono>
#include <cmath>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "support/run_folder.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

using support::RunFolder;

TEST(RunWatch, TellsWhatIsNewAndOnlyThat) {
    const RunFolder run;
    RunWatch watch(run.path());
    watch.poll();
    run.say(R"({"time":1,"kind":"phase","name":"training"})");
    run.step(1, 0.5);
    run.step(2, 0.4);
    auto news = watch.poll();
    EXPECT_TRUE(news.any);
    EXPECT_EQ(news.points_from, 0u);
    ASSERT_EQ(watch.view().points.size(), 2u);
    EXPECT_EQ(watch.view().points[1].loss, 0.4);
    EXPECT_TRUE(std::isnan(watch.view().points[1].lr_text));
    EXPECT_EQ(watch.view().status.phase, "training");
    EXPECT_EQ(watch.view().status.total_steps, 100);
    EXPECT_FALSE(watch.poll().any);
    run.step(3, 0.3);
    news = watch.poll();
    EXPECT_EQ(news.points_from, 2u);
}

TEST(RunWatch, AValidationLossStandsAtItsStep) {
    const RunFolder run;
    for (int step = 1; step <= 3; ++step) run.step(step, 1);
    run.say(R"({"time":9,"kind":"validation","step":3,"loss":0.25,"images":4})");
    RunWatch watch(run.path());
    watch.poll();
    EXPECT_TRUE(std::isnan(watch.view().points[1].validation_loss));
    EXPECT_EQ(watch.view().points[2].validation_loss, 0.25);
    EXPECT_EQ(watch.view().status.validation_loss, 0.25);
    run.say(R"({"time":10,"kind":"validation","step":2,"loss":0.5,"images":4})");
    EXPECT_EQ(watch.poll().points_from, 1u);
    run.say(R"({"time":11,"kind":"validation","step":7,"loss":0.5,"images":4})");
    watch.poll();
    EXPECT_EQ(watch.view().points.size(), 3u);
}

TEST(RunWatch, TheLaterLineCountsWhereStepsRepeatAfterAKill) {
    const RunFolder run;
    for (int step = 1; step <= 10; ++step) run.step(step, 1);
    RunWatch watch(run.path());
    watch.poll();
    run.say(R"({"time":2000,"kind":"phase","name":"resumed","step":6})");
    run.step(7, 2);
    const auto news = watch.poll();
    EXPECT_EQ(news.points_from, 6u);
    ASSERT_EQ(watch.view().points.size(), 7u);
    EXPECT_EQ(watch.view().points.back().step, 7);
    EXPECT_EQ(watch.view().points.back().loss, 2);
    EXPECT_EQ(watch.view().status.step, 7);
}

TEST(RunWatch, GathersImagesFilesWarningsAndTheEnd) {
    const RunFolder run;
    run.say(R"({"time":1,"kind":"warning","text":"one image left out"})");
    run.say(R"({"time":2,"kind":"sample","file":"samples/a.png","prompt":"a bird","step":5})");
    run.say(R"({"time":3,"kind":"checkpoint","file":"checkpoints/bird.safetensors","step":9})");
    run.say(
        R"({"time":4,"kind":"end","reason":"failed","text":"The loss became NaN.","hint":"Lower optim.lr."})");
    RunWatch watch(run.path());
    watch.poll();
    const auto& view = watch.view();
    EXPECT_EQ(view.warnings, std::vector<std::string>{"one image left out"});
    ASSERT_EQ(view.samples.size(), 1u);
    EXPECT_EQ(view.samples[0].prompt, "a bird");
    EXPECT_EQ(view.samples[0].file, run.path() / "samples" / "a.png");
    EXPECT_EQ(view.checkpoints.at(0).step, 9);
    ASSERT_TRUE(view.end);
    EXPECT_EQ(view.state, RunState::Failed);
    EXPECT_EQ(view.end->hint, "Lower optim.lr.");
    run.say(R"({"time":5,"kind":"phase","name":"loading"})");
    watch.poll();
    EXPECT_FALSE(watch.view().end) << "another session has begun";
    EXPECT_EQ(watch.view().state, RunState::CutOff) << "but no process works there";
}

TEST(RunWatch, ALivingProcessIsSeenByItsLock) {
    const RunFolder run;
    run.step(1, 1);
    RunWatch watch(run.path());
    watch.poll();
    EXPECT_EQ(watch.view().state, RunState::CutOff);
    {
        const auto lock = train::RunDir::open(run.path()).lock();
        EXPECT_TRUE(watch.poll().any);
        EXPECT_EQ(watch.view().state, RunState::Running);
        EXPECT_EQ(watch.view().pid, ::getpid());
    }
    EXPECT_TRUE(watch.poll().any);
    EXPECT_EQ(watch.view().state, RunState::CutOff);
}

TEST(RunWatch, AnotherRunOfTheSameNameBeginsAgain) {
    const RunFolder run;
    for (int step = 1; step <= 5; ++step) run.step(step, 1);
    RunWatch watch(run.path());
    watch.poll();
    std::filesystem::remove(run.path() / "events.jsonl");
    run.step(1, 3);
    RunNews news;
    for (int i = 0; i < 2 && !news.replaced; ++i) news = watch.poll();
    EXPECT_TRUE(news.replaced);
    watch.poll();
    ASSERT_EQ(watch.view().points.size(), 1u);
    EXPECT_EQ(watch.view().points[0].loss, 3);
}

TEST(RunWatch, WhatIsWrongIsSaidAndNothingThrows) {
    const RunFolder run;
    for (int i = 0; i < 30; ++i) run.say("\x01\x02 what a newer version might write");
    RunWatch newer(run.path());
    newer.poll();
    EXPECT_NE(newer.view().trouble.find("newer"), std::string::npos);
    std::filesystem::remove(run.path() / "job.toml");
    newer.poll();
    EXPECT_NE(newer.view().trouble.find("job.toml"), std::string::npos) << newer.view().trouble;
    RunWatch nowhere(run.path() / "absent");
    nowhere.poll();
    EXPECT_NE(nowhere.view().trouble.find("no folder"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(run.path() / "absent")) << "looking makes nothing";
}

TEST(RunWatch, TheTimeBetweenTwoSessionsIsNotWorked) {
    const RunFolder run;
    run.say(R"({"time":1000,"kind":"phase","name":"reading images"})");
    run.step(50, 1);  // at 1050
    run.say(R"({"time":1060,"kind":"end","reason":"stopped","step":50})");
    run.say(R"({"time":9000,"kind":"phase","name":"reading images"})");
    run.say(R"({"time":9010,"kind":"phase","name":"resumed","step":50})");
    // Killed: no word of its end.
    run.say(R"({"time":90000,"kind":"phase","name":"reading images"})");
    run.say(R"({"time":90007,"kind":"phase","name":"training"})");
    RunWatch watch(run.path());
    watch.poll();
    EXPECT_EQ(watch.view().worked_s(90007), 60 + 10 + 7);
    EXPECT_EQ(watch.view().worked_s(90107), 60 + 10 + 107);
    EXPECT_EQ(watch.view().session_began, 90000);
}

TEST(RunWatch, ASessionHasItsBeginAndItsAnswers) {
    const RunFolder run;
    run.say(R"({"time":1000,"kind":"session","start":"fresh","pid":1})");
    run.say(R"({"time":1003,"kind":"phase","name":"reading images"})");
    run.say(R"({"time":1010,"kind":"request","request":"save","answer":"done","text":"Saved."})");
    RunWatch watch(run.path());
    watch.poll();
    EXPECT_EQ(watch.view().worked_s(1010), 10);
    ASSERT_TRUE(watch.view().answer);
    EXPECT_EQ(watch.view().answer->text, "Saved.");
    const auto number = watch.view().answer->number;
    run.say(R"({"time":1011,"kind":"request","request":"save","answer":"done","text":"Saved."})");
    watch.poll();
    EXPECT_GT(watch.view().answer->number, number) << "another one in the same words";
    run.say(R"({"time":5000,"kind":"session","start":"resume","pid":2})");
    run.say(R"({"time":5001,"kind":"phase","name":"reading images"})");
    watch.poll();
    EXPECT_EQ(watch.view().worked_s(5001), 11 + 1);
    EXPECT_FALSE(watch.view().answer) << "of another session";
}

TEST(RunWatch, UnknownKindsAndFieldsAreNoTrouble) {
    const RunFolder run;
    run.say(R"({"time":1,"kind":"weather","sky":{"deep":[1]}})");
    run.step(1, 1);
    run.say(R"({"time":2,"kind":"metr)");
    RunWatch watch(run.path());
    watch.poll();
    EXPECT_EQ(watch.view().points.size(), 1u);
    EXPECT_EQ(watch.view().trouble, "");
}

TEST(RunWatch, ALongRunCostsOnlyWhatIsNew) {
    const RunFolder run;
    {
        std::ofstream file(run.path() / "events.jsonl");
        for (int step = 1; step <= 50'000; ++step)
            file << fmt::format(R"({{"time":1,"kind":"metrics","step":{},"total_steps":50000,"loss":0.1}})",
                                step)
                 << '\n';
    }
    RunWatch watch(run.path());
    do watch.poll();
    while (watch.pending());
    EXPECT_EQ(watch.view().points.size(), 50'000u);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) watch.poll();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count() / 100, 0.01) << "seconds a poll";
}

}  // namespace lorikeet::studio
