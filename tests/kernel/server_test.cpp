#include "kernel/server.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zmq.hpp>

#include "base/error.hpp"
#include "kernel/dispatcher.hpp"
#include "recording_outlet.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::kernel {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

class Counter : public widgets::Widget {
  public:
    explicit Counter(widgets::WidgetRegistry& registry) : Widget(registry, {{"value", 0}}) {}
    using Widget::send;
    using Widget::set;
};

// A kernel on a thread of its own, and a notebook's sockets.
class Room {
  public:
    explicit Room(const std::string& transport = "ipc") {
        connection_.transport = transport;
        connection_.ip = (folder_.path() / "k").string();
        connection_.key = "secret";
        int port = 0;
        for (auto* place : {&connection_.shell_port, &connection_.control_port, &connection_.iopub_port,
                            &connection_.stdin_port, &connection_.hb_port})
            *place = ++port;
        thread_ = std::thread([this] { live(); });
        while (!ready_) std::this_thread::sleep_for(milliseconds(1));
        for (auto* socket : {&shell, &control, &heartbeat, &iopub}) {
            socket->set(zmq::sockopt::linger, 0);
            socket->set(zmq::sockopt::rcvhwm, 0);
            socket->set(zmq::sockopt::rcvtimeo, 20000);
        }
        iopub.set(zmq::sockopt::subscribe, "");
        shell.connect(connection_.endpoint(Socket::Shell));
        control.connect(connection_.endpoint(Socket::Control));
        heartbeat.connect(connection_.endpoint(Socket::Heartbeat));
        iopub.connect(connection_.endpoint(Socket::Iopub));
        welcome = next(iopub);  // from now on all is heard
    }
    ~Room() {
        send(control, request("shutdown_request"));
        thread_.join();
    }

    void send(zmq::socket_t& socket, const Message& message, const std::string& key = "secret") {
        auto frames = Wire(key).to_frames(message);
        frames.erase(frames.begin());  // the router adds who it was
        send_frames(socket, frames);
    }
    static void send_frames(zmq::socket_t& socket, const Frames& frames) {
        for (std::size_t i = 0; i < frames.size(); ++i)
            socket.send(zmq::buffer(frames[i]),
                        i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    static std::optional<Frames> receive(zmq::socket_t& socket) {
        Frames frames;
        for (zmq::message_t frame;;) {
            if (!socket.recv(frame)) return std::nullopt;
            frames.push_back(frame.to_string());
            if (!frame.more()) return frames;
        }
    }
    Message next(zmq::socket_t& socket) {
        const auto frames = receive(socket);
        const auto message = frames ? Wire("secret").try_parse(*frames) : std::nullopt;
        if (!message) throw std::runtime_error("no message came");
        return *message;
    }
    json ask(zmq::socket_t& socket, const std::string& type, const json& content = json::object()) {
        send(socket, request(type, content));
        return json::parse(next(socket).content);
    }

    std::string endpoint(Socket socket) const { return connection_.endpoint(socket); }

    zmq::context_t context;
    zmq::socket_t shell{context, zmq::socket_type::dealer}, control{context, zmq::socket_type::dealer},
        heartbeat{context, zmq::socket_type::req}, iopub{context, zmq::socket_type::sub};
    Message welcome;
    EventLoop* loop = nullptr;
    std::unique_ptr<Counter> counter;  // touched by the kernel's thread alone
    std::atomic<int> asked_whether_gone{0};

  private:
    void live() {
        EventLoop own;
        loop = &own;
        Server server(connection_, own);
        Session session(server);
        Comm comm(session, own);
        widgets::WidgetRegistry registry(comm, own);
        comm.attach(registry);
        counter = std::make_unique<Counter>(registry);
        Interpreter interpreter(session, {[this](std::string_view cell) { return answer(cell); }, {}});
        Dispatcher dispatcher(session, comm, interpreter);
        ready_ = true;
        server.run(dispatcher, [this] {
            ++asked_whether_gone;
            return false;
        });
        counter.reset();
    }
    widgets::Answer answer(std::string_view cell) {
        if (cell == "broken") throw std::runtime_error("a test broke this");
        if (cell == "burst")
            for (int i = 1; i <= 20000; ++i) counter->send({{"n", i}});
        if (cell == "updates")
            for (int i = 1; i <= 20000; ++i) counter->set({{"value", i}});
        return {};
    }
    support::TempFolder folder_;
    Connection connection_;
    std::atomic<bool> ready_{false};
    std::thread thread_;
};

}  // namespace

TEST(Server, AnswersOnBothSocketsAndBeats) {
    Room room;
    EXPECT_EQ(room.ask(room.shell, "kernel_info_request").at("implementation"), "lorikeet");
    EXPECT_EQ(room.ask(room.control, "interrupt_request").at("status"), "ok");
    room.heartbeat.send(zmq::str_buffer("ping"));
    EXPECT_EQ(Room::receive(room.heartbeat), Frames{"ping"});
}

TEST(Server, WhoListensIsWelcomed) {
    Room room;
    EXPECT_EQ(room.welcome.type, "iopub_welcome");
    EXPECT_EQ(json::parse(room.welcome.content), json({{"subscription", ""}}));
    zmq::socket_t second(room.context, zmq::socket_type::sub);
    second.set(zmq::sockopt::linger, 0);
    second.set(zmq::sockopt::rcvtimeo, 20000);
    second.set(zmq::sockopt::subscribe, "");
    second.connect(room.endpoint(Socket::Iopub));
    EXPECT_EQ(room.next(second).type, "iopub_welcome");
}

TEST(Server, WhatIsNotSignedIsDroppedAndTheNextIsHeard) {
    Room room;
    room.send(room.shell, request("shutdown_request"), "guessed");
    room.send_frames(room.shell, {"noise"});
    room.send_frames(room.shell, {"<IDS|MSG>", "", "", "", "", ""});
    EXPECT_EQ(room.ask(room.shell, "kernel_info_request").at("status"), "ok");
}

TEST(Server, ABurstArrivesWholeEvenWhenNobodyReadsForAWhile) {
    Room room;
    EXPECT_EQ(room.ask(room.shell, "execute_request", {{"code", "burst"}}).at("status"), "ok");
    std::this_thread::sleep_for(milliseconds(300));
    int expected = 1;
    while (expected <= 20000) {
        const auto message = room.next(room.iopub);
        if (message.type != "comm_msg") continue;
        ASSERT_EQ(json::parse(message.content).at("data").at("content").at("n"), expected);
        ++expected;
    }
}

TEST(Server, OfTwentyThousandUpdatesTheLastIsShown) {
    Room room;
    (void)room.ask(room.shell, "execute_request", {{"code", "updates"}});
    for (;;) {
        const auto message = room.next(room.iopub);
        if (message.type != "comm_msg") continue;
        EXPECT_EQ(json::parse(message.content).at("data").at("state").at("value"), 20000);
        break;
    }
}

TEST(Server, APostOfAnotherThreadIsShownAtOnce) {
    Room room;
    const auto began = EventLoop::Clock::now();
    room.loop->post([&] { room.counter->set({{"value", 5}}); });
    EXPECT_EQ(room.next(room.iopub).type, "comm_msg");
    EXPECT_LT(EventLoop::Clock::now() - began, milliseconds(500))
        << "a loop that only polls takes up to a second";
}

TEST(Server, TheCellsQueuedBehindAFailingOneAreAborted) {
    Room room;
    for (const char* cell : {"broken", "one", "two", "three"})
        room.send(room.shell, request("execute_request", {{"code", cell}}));
    std::vector<std::string> statuses;
    for (int i = 0; i < 4; ++i) statuses.push_back(json::parse(room.next(room.shell).content).at("status"));
    EXPECT_EQ(statuses, (std::vector<std::string>{"error", "aborted", "aborted", "aborted"}));
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_EQ(room.ask(room.shell, "execute_request", {{"code", "four"}}).at("status"), "ok");
}

TEST(Server, LooksOnceASecondWhetherItsParentLives) {
    const Room room;
    std::this_thread::sleep_for(milliseconds(1200));
    EXPECT_GE(room.asked_whether_gone, 1);
}

TEST(Server, APlaceThatIsTakenIsSaid) {
    Connection connection;
    connection.transport = "ipc";
    connection.ip = "/no/such/folder/k";
    EventLoop loop;
    try {
        const Server server(connection, loop);
        ADD_FAILURE();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_NE(error.hint(), "");
    }
}

}  // namespace lorikeet::kernel
