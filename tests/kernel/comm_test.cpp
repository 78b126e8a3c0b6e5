#include "kernel/comm.hpp"

#include <gtest/gtest.h>

#include "recording_outlet.hpp"
#include "support/recording_channel.hpp"

namespace lorikeet::kernel {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

class Note : public widgets::Widget {
  public:
    explicit Note(widgets::WidgetRegistry& registry)
        : Widget(registry,
                 {{"_model_name", "NoteModel"},
                  {"_model_module", "notes"},
                  {"_model_module_version", "1.0"},
                  {"value", 0},
                  {"other", 0},
                  {"picture", nullptr}},
                 {{{"picture"}, "bytes"}}) {}
    using Widget::send;
    using Widget::set;
    void take_message(const json& content, const std::vector<std::string>& buffers) override {
        messages.emplace_back(content, buffers);
    }
    std::vector<std::pair<json, std::vector<std::string>>> messages;
};

struct CommRoom {
    CommRoom() { comm.attach(registry); }

    RecordingOutlet outlet;
    Session session{outlet};
    support::HandLoop loop;
    Comm comm{session, loop};
    widgets::WidgetRegistry registry{comm, loop};

    void say(const std::string& id, const json& data, std::vector<std::string> buffers = {}) {
        comm.take(request("comm_msg", {{"comm_id", id}, {"data", data}}, std::move(buffers)));
    }
    std::vector<RecordingOutlet::Sent> updates(const std::string& method = "update") const {
        std::vector<RecordingOutlet::Sent> found;
        for (const auto& sent : outlet.of("comm_msg"))
            if (sent.data().at("method") == method) found.push_back(sent);
        return found;
    }
};

}  // namespace

TEST(Comm, AWidgetIsOpenedWithItsStateAndBytes) {
    CommRoom room;
    const Note note(room.registry);
    const auto opened = room.outlet.of("comm_open");
    ASSERT_EQ(opened.size(), 1U);
    EXPECT_EQ(opened[0].content.at("comm_id"), note.id());
    EXPECT_EQ(opened[0].content.at("target_name"), "jupyter.widget");
    EXPECT_EQ(opened[0].data().at("state"), note.state());
    EXPECT_EQ(opened[0].data().at("buffer_paths"), json::parse(R"([["picture"]])"));
    EXPECT_EQ(opened[0].message.buffers, std::vector<std::string>{"bytes"});
    EXPECT_EQ(json::parse(opened[0].message.metadata).at("version"), "2.1.0");
}

TEST(Comm, SeveralChangesOfOneMomentLeaveAsOne) {
    CommRoom room;
    Note note(room.registry);
    note.set({{"value", 1}});
    note.set({{"value", 2}, {"other", 3}});
    EXPECT_TRUE(room.updates().empty());
    room.loop.run();
    ASSERT_EQ(room.updates().size(), 1U);
    EXPECT_EQ(room.updates()[0].data().at("state"), json({{"value", 2}, {"other", 3}}));
}

TEST(Comm, TenASecondLeaveAtMostAndTheLastAlwaysDoes) {
    CommRoom room;
    Note note(room.registry), second(room.registry);
    for (int i = 1; i <= 1000; ++i) {
        note.set({{"value", i}});
        if (i % 7 == 0) second.set({{"value", i}});
        room.loop.advance(milliseconds(1));
    }
    std::map<std::string, std::vector<json>> values;
    for (const auto& sent : room.updates())
        values[sent.content.at("comm_id")].push_back(sent.data().at("state").at("value"));
    EXPECT_LE(values[note.id()].size(), 10U);
    EXPECT_GE(values[note.id()].size(), 8U);
    EXPECT_LE(values[second.id()].size(), 10U);
    room.loop.advance(milliseconds(200));
    for (const auto& sent : room.updates())
        values[sent.content.at("comm_id")] = {sent.data().at("state").at("value")};
    EXPECT_EQ(values[note.id()].back(), 1000);
    EXPECT_EQ(values[second.id()].back(), 994);
}

TEST(Comm, TwentyThousandUpdatesEndWithTheLastValueOfEveryWidget) {
    CommRoom room;
    std::vector<std::unique_ptr<Note>> notes;
    for (int i = 0; i < 20; ++i) notes.push_back(std::make_unique<Note>(room.registry));
    for (int i = 1; i <= 1000; ++i)
        for (auto& note : notes) note->set({{"value", i}});
    room.loop.advance(milliseconds(500));
    std::map<std::string, json> shown;
    for (const auto& sent : room.updates())
        shown[sent.content.at("comm_id")] = sent.data().at("state").at("value");
    ASSERT_EQ(shown.size(), 20U);
    for (const auto& [id, value] : shown) EXPECT_EQ(value, 1000);
}

TEST(Comm, MessagesOfAWidgetsOwnKindAreNeverLeftOut) {
    CommRoom room;
    Note note(room.registry);
    for (int i = 0; i < 20000; ++i) note.send({{"n", i}}, {"b"});
    const auto sent = room.updates("custom");
    ASSERT_EQ(sent.size(), 20000U);
    for (int i = 0; i < 20000; ++i)
        ASSERT_EQ(sent[static_cast<std::size_t>(i)].data().at("content").at("n"), i);
}

TEST(Comm, BytesGoWithTheirKey) {
    CommRoom room;
    Note note(room.registry);
    note.set({{"picture", nullptr}}, {{{"picture"}, "one"}});
    note.set({{"picture", nullptr}}, {{{"picture"}, "two"}});
    room.loop.run();
    ASSERT_EQ(room.updates().size(), 1U);
    EXPECT_EQ(room.updates()[0].message.buffers, std::vector<std::string>{"two"});
    EXPECT_EQ(room.updates()[0].data().at("buffer_paths"), json::parse(R"([["picture"]])"));
}

TEST(Comm, EveryWindowHearsWhatOneOfThemChanged) {
    CommRoom room;
    Note note(room.registry);
    room.say(note.id(), {{"method", "update"}, {"state", {{"value", 5}}}, {"buffer_paths", json::array()}});
    EXPECT_EQ(note.state().at("value"), 5);
    ASSERT_EQ(room.updates("echo_update").size(), 1U);
    EXPECT_EQ(room.updates("echo_update")[0].data().at("state"), json({{"value", 5}}));
}

TEST(Comm, WhatAPersonTypesWinsOverWhatStillWaits) {
    CommRoom room;
    Note note(room.registry);
    note.set({{"value", 1}});
    room.loop.run();
    note.set({{"value", 2}, {"other", 2}});  // waits
    room.say(note.id(), {{"method", "update"}, {"state", {{"value", 9}}}});
    room.loop.advance(milliseconds(300));
    EXPECT_EQ(room.updates().back().data().at("state"), json({{"other", 2}}));
    EXPECT_EQ(note.state().at("value"), 9);
}

TEST(Comm, BytesFromAWindowArrive) {
    CommRoom room;
    Note note(room.registry);
    room.say(note.id(),
             {{"method", "update"},
              {"state", {{"picture", nullptr}}},
              {"buffer_paths", json::parse(R"([["picture"]])")}},
             {"new"});
    EXPECT_EQ(note.buffers().at(0).bytes, "new");
    room.say(note.id(), {{"method", "custom"}, {"content", {{"k", 1}}}}, {"x", ""});
    ASSERT_EQ(note.messages.size(), 1U);
    EXPECT_EQ(note.messages[0].second, (std::vector<std::string>{"x", ""}));
}

TEST(Comm, AWindowThatComesLaterGetsEverything) {
    CommRoom room;
    Note first(room.registry), second(room.registry);
    second.set({{"value", 3}});
    room.comm.take(request("comm_open", {{"comm_id", "c"}, {"target_name", "jupyter.widget.control"}}));
    room.say("c", {{"method", "request_states"}});
    ASSERT_EQ(room.updates("update_states").size(), 1U);
    const auto sent = room.updates("update_states")[0];
    EXPECT_EQ(sent.content.at("comm_id"), "c");
    const auto states = sent.data().at("states");
    EXPECT_EQ(states.size(), 2U);
    EXPECT_EQ(states.at(second.id()).at("state"), second.state());
    EXPECT_EQ(states.at(second.id()).at("model_name"), "NoteModel");
    EXPECT_EQ(states.at(second.id()).at("model_module"), "notes");
    EXPECT_EQ(states.at(second.id()).at("model_module_version"), "1.0");
    EXPECT_EQ(sent.data().at("buffer_paths")[1], json::array({second.id(), "state", "picture"}));
    EXPECT_EQ(sent.message.buffers.size(), 2U);
    EXPECT_EQ(room.comm.info(json::object()).at("comms").size(), 3U);
    EXPECT_EQ(room.comm.info({{"target_name", "jupyter.widget"}}).at("comms").size(), 2U);
    room.comm.take(request("comm_close", {{"comm_id", "c"}}));
    EXPECT_EQ(room.comm.info(json::object()).at("comms").size(), 2U);
}

TEST(Comm, WhatNamesNobodyIsClosed) {
    CommRoom room;
    room.comm.take(request("comm_open", {{"comm_id", "x"}, {"target_name", "strange"}}));
    room.say("y", {{"method", "update"}, {"state", json::object()}});
    ASSERT_EQ(room.outlet.of("comm_close").size(), 2U);
    EXPECT_EQ(room.outlet.of("comm_close")[0].content.at("comm_id"), "x");
    EXPECT_EQ(room.outlet.of("comm_close")[1].content.at("comm_id"), "y");
}

TEST(Comm, AWindowThatGoesTakesNothingFromTheOthers) {
    CommRoom room;
    const Note note(room.registry);
    room.comm.take(request("comm_close", {{"comm_id", note.id()}}));
    EXPECT_EQ(room.registry.find(note.id()), &note);
    EXPECT_TRUE(room.outlet.of("comm_close").empty());
}

// A window knows a widget by nothing but its name: an update under another one is lost without a word.
TEST(Comm, WhatWaitsLeavesUnderItsOwnNameWhenAnotherWidgetCloses) {
    CommRoom room;
    std::vector<std::unique_ptr<Note>> notes;
    for (int i = 0; i < 8; ++i) notes.push_back(std::make_unique<Note>(room.registry));
    auto inner = std::make_unique<Note>(room.registry);
    for (int i = 0; i < 8; ++i) notes[static_cast<std::size_t>(i)]->set({{"value", i + 1}});
    inner.reset();
    std::map<std::string, json> shown;
    for (const auto& sent : room.updates())
        shown[sent.content.at("comm_id")] = sent.data().at("state").at("value");
    ASSERT_EQ(shown.size(), 8U);
    for (int i = 0; i < 8; ++i) EXPECT_EQ(shown[notes[static_cast<std::size_t>(i)]->id()], i + 1);
}

TEST(Comm, BeforeAWidgetClosesTheOthersHaveSaidThatTheyNoLongerShowIt) {
    CommRoom room;
    Note box(room.registry);
    auto inner = std::make_unique<Note>(room.registry);
    box.set({{"value", 1}});
    inner.reset();
    const auto types = room.outlet.types();
    EXPECT_EQ(types[types.size() - 2], "comm_msg");
    EXPECT_EQ(types.back(), "comm_close");
}

TEST(Comm, AKernelThatEndsTakesNothingFromItsWindows) {
    CommRoom room;
    { const Note gone(room.registry); }
    EXPECT_EQ(room.outlet.of("comm_close").size(), 1U);
    {
        const Note stays(room.registry);
        room.comm.end();
    }
    EXPECT_EQ(room.outlet.of("comm_close").size(), 1U);
}

}  // namespace lorikeet::kernel
