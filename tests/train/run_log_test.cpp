#include "train/run_log.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::train {

using base::Event;

TEST(RunLog, AnEventComesBackFromItsLine) {
    const Event event{"metrics",
                      {{"step", std::int64_t{3}},
                       {"loss", 0.25},
                       {"name", std::string("Ä \"x\"")},
                       {"on", true},
                       {"images", std::vector<std::string>{"a.png", "b.png"}}}};
    const auto line = to_json_line(event, 12.5);
    EXPECT_EQ(
        line,
        R"({"time":12.5,"kind":"metrics","step":3,"loss":0.25,"name":"Ä \"x\"","on":true,"images":["a.png","b.png"]})");
    const auto back = parse_json_line(line);
    EXPECT_EQ(back.kind, "metrics");
    EXPECT_EQ(back.number("step"), 3);
    EXPECT_EQ(back.number("time"), 12.5);
    EXPECT_EQ(back.text("name"), "Ä \"x\"");
}

TEST(RunLog, ALineThatIsNoEventIsRefused) {
    for (const auto* line : {"", "{", "[]", "{\"kind\":3}", "{\"step\":1}"})
        EXPECT_THROW(parse_json_line(line), base::Error) << line;
}

TEST(RunLog, GoesOnBehindALineThatAKillCutShort) {
    const support::TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    base::write_whole(run.events_file(), "{\"kind\":\"phase\"}\n{\"kind\":\"met");
    RunLog(run).take({"warning", {{"text", std::string("hot")}}});
    const auto lines = base::split(base::read_text(run.events_file()), "\n");
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[1], "{\"kind\":\"met");
    EXPECT_EQ(parse_json_line(lines[2]).text("text"), "hot");
}

TEST(RunLog, TextsOfStrangersAreEscapedInTheLog) {
    const support::TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    const std::string text = "a\x1b[2J.png\nforged: all is well";
    RunLog(run).take({"warning", {{"text", text}}});
    const auto log = base::read_text(run.log_file());
    EXPECT_TRUE(log.ends_with("warning: a\\x1b[2J.png\\nforged: all is well\n")) << log;
    EXPECT_EQ(parse_json_line(base::split(base::read_text(run.events_file()), "\n")[0]).text("text"), text);
}

}  // namespace lorikeet::train
