#include "widgets/background_task.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(BackgroundTask, AnswersOnTheLoopsThread) {
    support::HandLoop loop;
    BackgroundTask task(loop);
    const auto here = std::this_thread::get_id();
    bool answered = false;
    task.start(
        [&](base::Cancel&) -> BackgroundTask::Answer {
            EXPECT_NE(std::this_thread::get_id(), here);
            return [&] {
                EXPECT_EQ(std::this_thread::get_id(), here);
                answered = true;
            };
        },
        nullptr);
    EXPECT_TRUE(task.busy());
    EXPECT_TRUE(loop.run_until([&] { return answered; }));
    EXPECT_FALSE(task.busy());
}

TEST(BackgroundTask, OnlyTheNewestAnswers) {
    support::HandLoop loop;
    BackgroundTask task(loop);
    std::vector<int> answers;
    std::atomic<bool> begun = false, stopped = false;
    task.start(
        [&](base::Cancel& cancel) -> BackgroundTask::Answer {
            begun = true;
            while (!cancel.stop_requested()) std::this_thread::yield();
            stopped = true;
            return [&] { answers.push_back(1); };
        },
        nullptr);
    while (!begun) std::this_thread::yield();  // one that waits is left out without being begun
    for (int i = 2; i <= 4; ++i)
        task.start(
            [&, i](base::Cancel&) -> BackgroundTask::Answer { return [&, i] { answers.push_back(i); }; },
            nullptr);
    EXPECT_TRUE(loop.run_until([&] { return !answers.empty(); }));
    loop.run();
    EXPECT_EQ(answers, std::vector<int>{4});
    EXPECT_TRUE(stopped);
}

TEST(BackgroundTask, TellsWhatWentWrong) {
    support::HandLoop loop;
    BackgroundTask task(loop);
    std::string said;
    task.start(
        [](base::Cancel&) -> BackgroundTask::Answer {
            base::fail(base::ErrorCode::NotFound, "It is not there.", "Look.");
        },
        [&](const base::Error& error) { said = error.hint(); });
    EXPECT_TRUE(loop.run_until([&] { return !said.empty(); }));
    EXPECT_EQ(said, "Look.");
    task.start([](base::Cancel&) -> BackgroundTask::Answer { throw std::runtime_error("odd"); },
               [&](const base::Error& error) { said = error.what(); });
    EXPECT_TRUE(loop.run_until([&] { return said == "odd"; }));
}

TEST(BackgroundTask, DropsTheAnswerWhenItGoes) {
    support::HandLoop loop;
    bool answered = false;
    {
        BackgroundTask task(loop);
        std::atomic<bool> done = false;
        task.start(
            [&](base::Cancel&) -> BackgroundTask::Answer {
                done = true;
                return [&] { answered = true; };
            },
            nullptr);
        while (!done) std::this_thread::yield();
    }
    loop.run();
    EXPECT_FALSE(answered);
}

}  // namespace lorikeet::widgets
