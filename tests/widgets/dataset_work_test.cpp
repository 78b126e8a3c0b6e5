#include "widgets/dataset_work.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

namespace {

struct WithDatasetWork {
    WithDatasetWork() {
        work.on_busy = [this](bool busy) { told += busy ? "busy " : "idle "; };
        work.on_line = [this](const std::string& line) { lines.push_back(line); };
    }
    DatasetWork::Failed fails() {
        return [this](const base::Error& error) { told += std::string(error.what()) + " "; };
    }
    support::HandLoop loop;
    DatasetWork work{loop};
    std::string told;
    std::vector<std::string> lines;
};

}  // namespace

TEST(DatasetWork, IsBusyFromTheFirstChangeToTheLast) {
    WithDatasetWork room;
    for (const char letter : std::string("ab"))
        room.work.change(
            [letter] {
                return studio::ChangeOutcome{std::string(1, letter), 1, {}};
            },
            [&](const auto& outcome) { room.told += outcome->what + " "; }, room.fails());
    room.work.change([] { return std::nullopt; },
                     [&](const auto& outcome) { room.told += outcome ? "something" : "nothing"; },
                     room.fails());
    EXPECT_EQ(room.work.going_on(), 3U);
    EXPECT_TRUE(room.loop.run_until([&] { return room.told.ends_with("nothing"); })) << room.told;
    EXPECT_EQ(room.told, "busy a b idle nothing");
    EXPECT_EQ(room.work.going_on(), 0U);
}

TEST(DatasetWork, WhateverGoesWrongIsSaidAndTheNextChangeIsMade) {
    WithDatasetWork room;
    room.work.add([]() -> DatasetWork::Answer { base::fail(base::ErrorCode::Io, "disk", ""); }, room.fails());
    room.work.add([]() -> DatasetWork::Answer { throw std::runtime_error("bug"); }, room.fails());
    room.work.add([&] { return [&] { room.told += "done"; }; }, room.fails());
    EXPECT_TRUE(room.loop.run_until([&] { return room.told.ends_with("done"); })) << room.told;
    EXPECT_EQ(room.told, "busy disk bug idle done");
}

TEST(DatasetWork, WhatStaysAsItWasIsCountedAndSaidOnce) {
    WithDatasetWork room;
    const auto fine = room.work.words_for({"3 images renamed", 3, {}}, "Taken back: {}.");
    EXPECT_EQ(fine.text, "Taken back: 3 images renamed.");
    EXPECT_FALSE(fine.failed);
    EXPECT_TRUE(room.lines.empty());
    const studio::ChangeOutcome some{
        "1 image renamed", 1, {{"a.png", "b.png is there.", ""}, {"c.png", "gone", ""}}};
    const auto part = room.work.words_for(some, "{}.");
    EXPECT_EQ(part.text, "1 image renamed. 2 files stay as they are: a.png: b.png is there.");
    EXPECT_TRUE(part.failed);
    EXPECT_EQ(room.lines, (std::vector<std::string>{"a.png: b.png is there.", "c.png: gone"}));
    EXPECT_EQ(room.work.words_for({"0 images renamed", 0, {{"a.png", "why", ""}}}, "{}.").text,
              "Nothing was changed. 1 file stays as it is: a.png: why");
}

}  // namespace lorikeet::widgets
