#include "widgets/errand.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(Errand, AnswersOnTheLoopsThread) {
    support::HandLoop loop;
    Errand errand(loop);
    const auto here = std::this_thread::get_id();
    bool answered = false;
    errand.start(
        [&](base::Cancel&) -> Errand::Answer {
            EXPECT_NE(std::this_thread::get_id(), here);
            return [&] {
                EXPECT_EQ(std::this_thread::get_id(), here);
                answered = true;
            };
        },
        nullptr);
    EXPECT_TRUE(errand.busy());
    EXPECT_TRUE(loop.run_until([&] { return answered; }));
    EXPECT_FALSE(errand.busy());
}

TEST(Errand, OnlyTheNewestAnswers) {
    support::HandLoop loop;
    Errand errand(loop);
    std::vector<int> answers;
    std::atomic<bool> begun = false, stopped = false;
    errand.start(
        [&](base::Cancel& cancel) -> Errand::Answer {
            begun = true;
            while (!cancel.stop_requested()) std::this_thread::yield();
            stopped = true;
            return [&] { answers.push_back(1); };
        },
        nullptr);
    while (!begun) std::this_thread::yield();  // one that waits is left out without being begun
    for (int i = 2; i <= 4; ++i)
        errand.start([&, i](base::Cancel&) -> Errand::Answer { return [&, i] { answers.push_back(i); }; },
                     nullptr);
    EXPECT_TRUE(loop.run_until([&] { return !answers.empty(); }));
    loop.run();
    EXPECT_EQ(answers, std::vector<int>{4});
    EXPECT_TRUE(stopped);
}

TEST(Errand, TellsWhatWentWrong) {
    support::HandLoop loop;
    Errand errand(loop);
    std::string said;
    errand.start(
        [](base::Cancel&) -> Errand::Answer {
            base::fail(base::ErrorCode::NotFound, "It is not there.", "Look.");
        },
        [&](const base::Error& error) { said = error.hint(); });
    EXPECT_TRUE(loop.run_until([&] { return !said.empty(); }));
    EXPECT_EQ(said, "Look.");
    errand.start([](base::Cancel&) -> Errand::Answer { throw std::runtime_error("odd"); },
                 [&](const base::Error& error) { said = error.what(); });
    EXPECT_TRUE(loop.run_until([&] { return said == "odd"; }));
}

TEST(Errand, DropsTheAnswerWhenItGoes) {
    support::HandLoop loop;
    bool answered = false;
    {
        Errand errand(loop);
        std::atomic<bool> done = false;
        errand.start(
            [&](base::Cancel&) -> Errand::Answer {
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
