// What waits to be done on the one thread that owns sockets and widgets: work posted by others, and timers.
//
// The loop does not wait by itself: the server polls `descriptor` beside its sockets, so that a post wakes it at once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "widgets/channel.hpp"

namespace lorikeet::kernel {

class EventLoop : public widgets::Loop {
  public:
    using Clock = std::chrono::steady_clock;

    EventLoop();
    ~EventLoop() override;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    void post(std::function<void()> work) override;
    [[nodiscard]] std::unique_ptr<widgets::Timer> every(std::chrono::milliseconds pause,
                                                        std::function<void()> work) override;

    int descriptor() const { return wake_; }  // readable when something was posted
    // Until the next timer rings; `longest` when none rings before.
    std::chrono::milliseconds until_next(std::chrono::milliseconds longest) const;
    // Runs what was posted before now and the timers that are due. What such work throws is written to the log and
    // stops nothing else.
    void run_due();

  private:
    struct Ring;

    void run_posted();
    void run_timers();

    int wake_;
    std::mutex mutex_;  // of posted_
    std::vector<std::function<void()>> posted_;
    std::vector<std::weak_ptr<Ring>> rings_;  // shared with the timer that was handed out
};

}  // namespace lorikeet::kernel
