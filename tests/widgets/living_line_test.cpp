#include "widgets/living_line.hpp"

#include <chrono>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "support/run_folder.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;

TEST(LivingLine, NamesTheRunThatGoesOnAndHowFarItIs) {
    TestPageContext room;
    support::RunFolder run;
    int shown = 0, others = 0;
    LivingLine line(room.context->styles, [&] { ++shown; });
    line.on_other_runs = [&] { ++others; };
    const auto says = [&](const std::string& words) {
        for (int i = 0; i < 200 && line.text() != words; ++i) {
            room.loop.advance(500ms);
            std::this_thread::sleep_for(10ms);
        }
        return line.text();
    };
    line.begin();
    EXPECT_EQ(says(""), "");
    std::optional<studio::RunRecord> record(std::in_place, run.path(), studio::Others::Allow);
    EXPECT_EQ(says("bird is training."), "bird is training.");
    EXPECT_EQ(others, 1);
    run.step(31, 0.5);
    EXPECT_EQ(says("bird is training, step 31 of 100."), "bird is training, step 31 of 100.");
    click(control<Button>(room.registry, "Show the run"));
    EXPECT_EQ(shown, 1);
    record.reset();
    EXPECT_EQ(says(""), "");
    EXPECT_EQ(others, 2);
}

}  // namespace lorikeet::widgets
