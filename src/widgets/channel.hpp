// Where widgets and the notebook meet: what a widget can say to every window that shows it, and the one thread on which
// all of this happens. kernel implements both; tests record the one and drive the other by hand.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lorikeet::widgets {

// Bytes that belong into a widget's state at `path`: they travel beside the JSON, not in it.
struct Buffer {
    std::vector<std::string> path;
    std::string bytes;
};

// The way to the windows. Called on the loop's thread alone; an id names one widget.
class Channel {
  public:
    virtual ~Channel() = default;
    // A new widget with its whole state.
    virtual void open(const std::string& id, const nlohmann::json& state,
                      const std::vector<Buffer>& buffers) = 0;
    // Some keys of the state have other values now. At most ten messages a second leave for one widget: newer values
    // take the place of those that wait, and the last ones are always sent.
    virtual void update(const std::string& id, const nlohmann::json& changed,
                        const std::vector<Buffer>& buffers) = 0;
    // A message of a widget's own kind, in order and never left out.
    virtual void send(const std::string& id, const nlohmann::json& content,
                      const std::vector<std::string>& buffers) = 0;
    virtual void close(const std::string& id) = 0;
};

// Ends what it stands for when it goes.
class Timer {
  public:
    virtual ~Timer() = default;
};

// The thread that owns all widgets and sockets. Nothing that runs on it may take long: work is done on threads or
// processes of its own, and posts what came of it.
class Loop {
  public:
    virtual ~Loop() = default;
    // Runs `work` on the loop's thread, soon and in order. Safe from any thread.
    virtual void post(std::function<void()> work) = 0;
    // Runs `work` on the loop's thread again and again, until the timer is let go: at any time, by its own work too.
    [[nodiscard]] virtual std::unique_ptr<Timer> every(std::chrono::milliseconds pause,
                                                       std::function<void()> work) = 0;
};

}  // namespace lorikeet::widgets
