#include "kernel/server.hpp"

#include <array>

#include <fmt/format.h>
#include <zmq.hpp>

#include "base/error.hpp"
#include "base/log.hpp"

namespace lorikeet::kernel {

namespace {

constexpr auto kLook = std::chrono::milliseconds(1000);  // between two looks at who started us
constexpr auto kHurry =
    std::chrono::milliseconds(20);  // between two looks at a queue that is being given back
constexpr int kLingerMs = 1000;     // for what is still on its way when the kernel ends
constexpr int kInOneGo = 100;       // messages, before timers and posted work have their turn

zmq::socket_t bound(zmq::context_t& context, zmq::socket_type type, const std::string& endpoint) {
    zmq::socket_t socket(context, type);
    socket.set(zmq::sockopt::linger, kLingerMs);
    socket.set(zmq::sockopt::sndhwm, 0);
    socket.set(zmq::sockopt::rcvhwm, 0);
    // A window that comes back under its old name takes the place of its old connection.
    if (type == zmq::socket_type::router) socket.set(zmq::sockopt::router_handover, true);
    if (type == zmq::socket_type::xpub)
        socket.set(zmq::sockopt::xpub_verbose, 1);  // each listener is told of
    try {
        socket.bind(endpoint);
    } catch (const zmq::error_t& error) {
        base::fail(base::ErrorCode::Conflict,
                   fmt::format("Could not listen at {}: {}.", endpoint, error.what()),
                   "Restart the kernel from the notebook: Jupyter then chooses other ports.");
    }
    return socket;
}

// Nothing when no message waits.
std::optional<Frames> try_receive(zmq::socket_t& socket) {
    Frames frames;
    zmq::message_t frame;
    if (!socket.recv(frame, zmq::recv_flags::dontwait)) return std::nullopt;
    frames.push_back(frame.to_string());
    while (frame.more()) {
        (void)socket.recv(frame, zmq::recv_flags::none);  // the parts of a message come together
        frames.push_back(frame.to_string());
    }
    return frames;
}

void send_frames(zmq::socket_t& socket, const Frames& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
        socket.send(zmq::buffer(frames[i]),
                    i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
}

}  // namespace

struct Server::Sockets {
    explicit Sockets(const Connection& connection)
        : shell(bound(context, zmq::socket_type::router, connection.endpoint(Socket::Shell))),
          control(bound(context, zmq::socket_type::router, connection.endpoint(Socket::Control))),
          iopub(bound(context, zmq::socket_type::xpub, connection.endpoint(Socket::Iopub))),
          input(bound(context, zmq::socket_type::router, connection.endpoint(Socket::Stdin))),
          heartbeat(bound(context, zmq::socket_type::router, connection.endpoint(Socket::Heartbeat))) {}

    zmq::socket_t& of(Socket socket) {
        switch (socket) {
            case Socket::Shell: return shell;
            case Socket::Control: return control;
            case Socket::Iopub: return iopub;
            case Socket::Stdin: return input;
            case Socket::Heartbeat: break;
        }
        return heartbeat;
    }

    zmq::context_t context;
    zmq::socket_t shell, control, iopub, input, heartbeat;
};

Server::Server(const Connection& connection, EventLoop& loop)
    : loop_(loop), wire_(connection.key), sockets_(std::make_unique<Sockets>(connection)) {}

Server::~Server() = default;

void Server::send(Socket socket, const Message& message) {
    send_frames(sockets_->of(socket), wire_.to_frames(message));
}

bool Server::take_one(Socket socket, Receiver& receiver) {
    const auto frames = try_receive(sockets_->of(socket));
    if (!frames) return false;
    if (const auto message = wire_.try_parse(*frames))
        receiver.take(socket, *message);
    else
        base::log_warning("A message that is not signed with this kernel's key was dropped.");
    return true;
}

// Control has its turn between any two messages of the shell.
void Server::take_all(Socket socket, Receiver& receiver) {
    for (int i = 0; i < kInOneGo && !receiver.ended(); ++i) {
        if (socket == Socket::Shell) take_all(Socket::Control, receiver);
        if (receiver.ended() || take_one(socket, receiver)) continue;
        if (socket == Socket::Shell) receiver.queue_is_empty();
        return;
    }
}

// Who begins to listen says so with a byte 1 and the topic; a byte 0 says the end of it.
void Server::welcome(Receiver& receiver) {
    while (const auto frames = try_receive(sockets_->iopub))
        if (frames->front().starts_with('\1')) receiver.subscribed(frames->front().substr(1));
}

// Whoever asks whether we live gets the same frames back.
void Server::beat() {
    while (const auto frames = try_receive(sockets_->heartbeat)) send_frames(sockets_->heartbeat, *frames);
}

void Server::run(Receiver& receiver, const std::function<bool()>& gone) {
    auto looked = EventLoop::Clock::now();
    std::array<zmq::pollitem_t, 6> items{{{sockets_->shell, 0, ZMQ_POLLIN, 0},
                                          {sockets_->control, 0, ZMQ_POLLIN, 0},
                                          {sockets_->iopub, 0, ZMQ_POLLIN, 0},
                                          {sockets_->input, 0, ZMQ_POLLIN, 0},
                                          {sockets_->heartbeat, 0, ZMQ_POLLIN, 0},
                                          {nullptr, loop_.descriptor(), ZMQ_POLLIN, 0}}};
    while (!receiver.ended()) {
        zmq::poll(items.data(), items.size(), loop_.until_next(receiver.hurries() ? kHurry : kLook));
        beat();
        welcome(receiver);
        take_all(Socket::Control, receiver);
        take_all(Socket::Shell, receiver);
        while (try_receive(sockets_->input)) {
        }  // nothing was asked of anybody
        loop_.run_due();
        if (EventLoop::Clock::now() - looked < kLook) continue;
        looked = EventLoop::Clock::now();
        if (gone()) return;
    }
}

}  // namespace lorikeet::kernel
