// Work that takes longer than a click may: it is done on a thread, one piece at a time, and what it found comes back on
// the loop's thread. A newer piece takes the place of the one that runs or waits, whose answer is dropped.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "widgets/channel.hpp"

namespace lorikeet::widgets {

class BackgroundTask {
  public:
    using Answer = std::function<void()>;                    // runs on the loop's thread
    using Work = std::function<Answer(base::Cancel&)>;       // runs on the task's own thread
    using Failed = std::function<void(const base::Error&)>;  // runs on the loop's thread

    explicit BackgroundTask(Loop& loop);
    ~BackgroundTask();  // asks what runs to stop, and waits for it
    BackgroundTask(const BackgroundTask&) = delete;
    BackgroundTask& operator=(const BackgroundTask&) = delete;

    // All of these on the loop's thread.
    void start(Work work, Failed failed);
    void stop();        // what runs is asked to stop, and its answer dropped
    bool busy() const;  // an answer is still to come

  private:
    struct Order;
    void serve();
    void carry_out(const std::shared_ptr<Order>& order);

    Loop& loop_;
    std::shared_ptr<Order> latest_;  // the loop's thread alone
    std::mutex mutex_;
    std::condition_variable news_;
    std::shared_ptr<Order> waiting_;
    bool leaving_ = false;
    std::thread thread_;  // begins with the first task
};

}  // namespace lorikeet::widgets
