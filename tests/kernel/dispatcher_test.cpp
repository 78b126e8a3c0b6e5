#include "kernel/dispatcher.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "recording_outlet.hpp"
#include "support/recording_channel.hpp"

namespace lorikeet::kernel {

namespace {

using nlohmann::json;

class CountingPage : public widgets::Widget {
  public:
    explicit CountingPage(widgets::WidgetRegistry& registry) : Widget(registry, {{"value", 0}}) {}
    using Widget::set;
};

struct DispatcherRoom {
    DispatcherRoom() { comm.attach(registry); }

    RecordingOutlet outlet;
    Session session{outlet};
    support::HandLoop loop;
    Comm comm{session, loop};
    widgets::WidgetRegistry registry{comm, loop};
    CountingPage counter{registry};
    Interpreter interpreter{session, {[this](std::string_view cell) { return answer(cell); }, {}}};
    Dispatcher dispatcher{session, comm, interpreter};

    widgets::Answer answer(std::string_view cell) {
        if (cell == "broken") throw std::runtime_error("a test broke this");
        if (cell == "count") counter.set({{"value", counter.state().at("value").get<int>() + 1}});
        return {nullptr, std::string(cell), ""};
    }
    // The reply to a request.
    json ask(const std::string& type, const json& content = json::object(), Socket socket = Socket::Shell) {
        outlet.sent.clear();
        dispatcher.take(socket, request(type, content));
        for (const auto& sent : outlet.sent)
            if (sent.socket == socket) return sent.content;
        return nullptr;
    }
};

}  // namespace

TEST(Dispatcher, EveryRequestIsFramedByBusyAndIdle) {
    DispatcherRoom room;
    EXPECT_EQ(room.ask("kernel_info_request").at("implementation"), "lorikeet");
    EXPECT_EQ(room.outlet.types(), (std::vector<std::string>{"status", "kernel_info_reply", "status"}));
    room.outlet.sent.clear();
    room.dispatcher.take(Socket::Shell,
                         request("comm_msg", {{"comm_id", room.counter.id()}, {"data", json::object()}}));
    EXPECT_EQ(room.outlet.types(), (std::vector<std::string>{"status", "status"}));
}

TEST(Dispatcher, WhatACellChangedIsShownBeforeItIsDone) {
    DispatcherRoom room;
    (void)room.ask("execute_request", {{"code", "count"}});
    const auto types = room.outlet.types();
    EXPECT_EQ(types, (std::vector<std::string>{"status", "execute_input", "display_data", "comm_msg",
                                               "execute_reply", "status"}));
}

TEST(Dispatcher, AMalformedRequestIsAnsweredAndNothingElseHappens) {
    DispatcherRoom room;
    EXPECT_EQ(room.ask("execute_request", {{"code", 7}}).at("status"), "error");
    EXPECT_EQ(room.ask("complete_request", {{"code", json::array()}}).at("status"), "error");
    EXPECT_EQ(room.ask("comm_info_request", {{"target_name", 1}}).at("status"), "error");
    auto broken = request("execute_request");
    broken.complaint = "It cannot be read.";
    room.outlet.sent.clear();
    room.dispatcher.take(Socket::Shell, broken);
    EXPECT_EQ(room.outlet.of("execute_reply").at(0).content.at("evalue"), "It cannot be read.");
    for (const auto& data : {json(1), json{{"method", 2}}, json{{"method", "update"}, {"state", 3}}})
        EXPECT_TRUE(room.ask("comm_msg", {{"comm_id", room.counter.id()}, {"data", data}}).is_null());
    EXPECT_EQ(room.ask("no_such_request").at("status"), "error");
    EXPECT_EQ(room.outlet.of("no_such_reply").size(), 1U);
    EXPECT_EQ(room.ask("execute_request", {{"code", "x"}}).at("status"), "ok");
}

TEST(Dispatcher, TheCellsBehindAFailingOneAreGivenBack) {
    DispatcherRoom room;
    EXPECT_EQ(room.ask("execute_request", {{"code", "broken"}}).at("status"), "error");
    const auto aborted = room.ask("execute_request", {{"code", "x"}});
    EXPECT_EQ(aborted, json({{"status", "aborted"}})) << "an execution_count would number the cell as run";
    EXPECT_EQ(room.ask("kernel_info_request").at("status"), "ok");
    room.dispatcher.queue_is_empty();
    EXPECT_TRUE(room.dispatcher.hurries()) << "more may be on the way";
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    EXPECT_EQ(room.ask("execute_request", {{"code", "x"}}).at("status"), "aborted")
        << "was queued all the time";
    room.dispatcher.queue_is_empty();
    EXPECT_EQ(room.ask("execute_request", {{"code", "x"}}).at("status"), "ok");
}

TEST(Dispatcher, ACellThatMayFailHoldsNobodyBack) {
    DispatcherRoom room;
    (void)room.ask("execute_request", {{"code", "broken"}, {"stop_on_error", false}});
    EXPECT_EQ(room.ask("execute_request", {{"code", "x"}}).at("status"), "ok");
}

TEST(Dispatcher, ShutdownIsAnsweredAndEnds) {
    DispatcherRoom room;
    EXPECT_EQ(room.ask("interrupt_request", json::object(), Socket::Control), json({{"status", "ok"}}));
    EXPECT_FALSE(room.dispatcher.ended());
    const auto reply = room.ask("shutdown_request", {{"restart", true}}, Socket::Control);
    EXPECT_EQ(reply, json({{"status", "ok"}, {"restart", true}}));
    EXPECT_TRUE(room.dispatcher.ended());
}

}  // namespace lorikeet::kernel
