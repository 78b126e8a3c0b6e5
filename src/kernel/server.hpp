// The five sockets, and the one loop that waits for them, for posted work and for timers. Only this room knows ZeroMQ.
//
// Nothing is dropped on the way out: queues have no limit, and a window that reads slowly gets all of it later.
// Throws   Error{Conflict} when a socket cannot be bound.
#pragma once

#include <functional>
#include <memory>

#include "kernel/connection.hpp"
#include "kernel/event_loop.hpp"
#include "kernel/session.hpp"
#include "kernel/wire.hpp"

namespace lorikeet::kernel {

class Server : public Outlet {
  public:
    Server(const Connection& connection, EventLoop& loop);
    ~Server() override;

    void send(Socket socket, const Message& message) override;
    // Until the receiver ended or `gone` says so, which is asked once a second.
    void run(Receiver& receiver, const std::function<bool()>& gone);

  private:
    struct Sockets;
    void take_all(Socket socket, Receiver& receiver);
    bool take_one(Socket socket, Receiver& receiver);
    void welcome(Receiver& receiver);
    void beat();

    EventLoop& loop_;
    Wire wire_;
    std::unique_ptr<Sockets> sockets_;
};

}  // namespace lorikeet::kernel
