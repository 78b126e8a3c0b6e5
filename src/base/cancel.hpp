// Stopping politely: asked for from a signal handler, a button or a file, seen by every long loop.
#pragma once

#include <atomic>

namespace lorikeet::base {

// Safe to call from a signal handler. Handed down by reference; whoever loops asks it between two pieces of
// work.
class Cancel {
  public:
    void request_stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
    bool stop_requested() const noexcept { return stop_.load(std::memory_order_relaxed); }
    // Throws Error{Interrupted} when a stop was asked for.
    void throw_if_stopped() const;

  private:
    std::atomic<bool> stop_{false};
};

}  // namespace lorikeet::base
