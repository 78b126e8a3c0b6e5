#include "kernel/interpreter.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "recording_outlet.hpp"
#include "support/recording_channel.hpp"

namespace lorikeet::kernel {

namespace {

using nlohmann::json;

struct InterpreterRoom {
    RecordingOutlet outlet;
    Session session{outlet};
    support::RecordingChannel channel;
    support::HandLoop loop;
    widgets::WidgetRegistry registry{channel, loop};
    widgets::Widget panel{registry, {{"_model_name", "PanelModel"}}};
    std::vector<std::string> cells;
    Interpreter interpreter{
        session,
        {[this](std::string_view cell) { return answer(cell); },
         {{"setup", "Looks at this machine."}, {"sample", "Generates."}, {"train", "Trains."}}}};

    widgets::Answer answer(std::string_view cell) {
        cells.emplace_back(cell);
        if (cell == "broken") base::fail(base::ErrorCode::Io, "The disk is gone.", "Plug it in.");
        if (cell == "setup") return {&panel, "A panel.", ""};
        return {nullptr, "words", "<p>words</p>"};
    }
};

}  // namespace

TEST(Interpreter, AWordShowsItsPanel) {
    InterpreterRoom room;
    const auto reply = room.interpreter.execute({{"code", " setup\n"}});
    EXPECT_EQ(reply.at("status"), "ok");
    EXPECT_EQ(reply.at("execution_count"), 1);
    EXPECT_EQ(room.cells, std::vector<std::string>{"setup"});
    ASSERT_EQ(room.outlet.types(), (std::vector<std::string>{"execute_input", "display_data"}));
    const auto data = room.outlet.sent[1].content.at("data");
    EXPECT_EQ(data.at("application/vnd.jupyter.widget-view+json").at("model_id"), room.panel.id());
    EXPECT_EQ(data.at("text/plain"), "A panel.");
}

TEST(Interpreter, WordsWithoutAPanelAreShownAsText) {
    InterpreterRoom room;
    (void)room.interpreter.execute({{"code", "help"}});
    EXPECT_EQ(room.outlet.sent.at(1).content.at("data"),
              json({{"text/plain", "words"}, {"text/html", "<p>words</p>"}}));
}

TEST(Interpreter, AnEmptyCellIsNotCounted) {
    InterpreterRoom room;
    EXPECT_EQ(room.interpreter.execute({{"code", " \n"}}).at("execution_count"), 0);
    EXPECT_TRUE(room.cells.empty());
    EXPECT_TRUE(room.outlet.sent.empty());
}

TEST(Interpreter, ASilentCellShowsAndCountsNothing) {
    InterpreterRoom room;
    EXPECT_EQ(room.interpreter.execute({{"code", "setup"}, {"silent", true}}).at("execution_count"), 0);
    EXPECT_EQ(room.cells.size(), 1U);
    EXPECT_TRUE(room.outlet.sent.empty());
}

TEST(Interpreter, WhatFailsSaysCauseAndRemedy) {
    InterpreterRoom room;
    const auto reply = room.interpreter.execute({{"code", "broken"}});
    EXPECT_EQ(reply.at("status"), "error");
    EXPECT_EQ(reply.at("evalue"), "The disk is gone.");
    const auto errors = room.outlet.of("error");
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].content.at("traceback"), json::array({"The disk is gone.", "Plug it in."}));
}

TEST(Interpreter, FinishesWordsThatBeginSo) {
    InterpreterRoom room;
    const auto reply = room.interpreter.complete({{"code", "é s"}, {"cursor_pos", 3}});
    EXPECT_EQ(reply.at("matches"), json::array({"setup", "sample"}));
    EXPECT_EQ(reply.at("cursor_start"), 2);
    EXPECT_EQ(reply.at("cursor_end"), 3);
    EXPECT_EQ(room.interpreter.complete({{"code", "tr"}, {"cursor_pos", 99}}).at("matches"),
              json::array({"train"}));
    EXPECT_EQ(room.interpreter.complete({{"code", "x"}, {"cursor_pos", -3}}).at("matches").size(), 3U);
}

TEST(Interpreter, SaysWhatAWordDoes) {
    InterpreterRoom room;
    const auto reply = room.interpreter.inspect({{"code", "train"}, {"cursor_pos", 2}});
    EXPECT_EQ(reply.at("found"), true);
    EXPECT_EQ(reply.at("data").at("text/plain"), "train: Trains.");
    EXPECT_EQ(room.interpreter.inspect({{"code", "tra"}, {"cursor_pos", 2}}).at("found"), false);
}

TEST(Interpreter, RemembersTheCellsOfThisSession) {
    InterpreterRoom room;
    for (const char* code : {"setup", "train", "help"}) (void)room.interpreter.execute({{"code", code}});
    (void)room.interpreter.execute({{"code", "test"}, {"store_history", false}});
    const auto tail = room.interpreter.history({{"hist_access_type", "tail"}, {"n", 2}}).at("history");
    EXPECT_EQ(tail, json::parse(R"([[0, 2, "train"], [0, 3, "help"]])"));
    const auto range = room.interpreter.history(
        {{"hist_access_type", "range"}, {"start", 1}, {"stop", 2}, {"output", true}});
    EXPECT_EQ(range.at("history"), json::parse(R"([[0, 1, ["setup", null]]])"));
    const auto search = room.interpreter.history({{"hist_access_type", "search"}, {"pattern", "*rai*"}});
    EXPECT_EQ(search.at("history").size(), 1U);
}

}  // namespace lorikeet::kernel
