// Every request that comes in, handed to whom it is for, answered, and framed by "busy" and "idle".
//
// After a cell that failed, the cells behind it are given back as "aborted": all that are queued, and those that come while
// the queue has not been seen empty for a moment.
#pragma once

#include <chrono>

#include <nlohmann/json_fwd.hpp>

#include "kernel/comm.hpp"
#include "kernel/interpreter.hpp"
#include "kernel/session.hpp"

namespace lorikeet::kernel {

class Dispatcher : public Receiver {
  public:
    Dispatcher(Session& session, Comm& comm, Interpreter& interpreter);

    // Never throws: what a request breaks is told to its sender.
    void take(Socket socket, const Message& request) override;
    void subscribed(const std::string& topic) override { session_.welcome(topic); }
    void queue_is_empty() override;
    bool hurries() const override { return aborting_; }
    bool ended() const override { return ended_; }

  private:
    nlohmann::json answer(Socket socket, const Message& request, const nlohmann::json& content);
    nlohmann::json execute(const nlohmann::json& content);
    nlohmann::json shutdown(const nlohmann::json& content);

    Session& session_;
    Comm& comm_;
    Interpreter& interpreter_;
    bool aborting_ = false;
    bool ended_ = false;
    std::chrono::steady_clock::time_point failed_at_;
};

}  // namespace lorikeet::kernel
