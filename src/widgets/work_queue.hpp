// Work that takes longer than a click may and must be done in its order: each piece on a thread of its own, none dropped, and
// what came of it on the loop's thread. (What may be replaced by something newer is a BackgroundTask.)
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "widgets/channel.hpp"

namespace lorikeet::widgets {

class WorkQueue {
  public:
    using Answer = std::function<void()>;  // runs on the loop's thread, unless the queue is gone by then
    using Work =
        std::function<Answer()>;  // runs on the queue's thread; an exception is the work's own affair

    explicit WorkQueue(Loop& loop);
    ~WorkQueue();  // waits for the piece that runs; those behind it are left undone
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    void add(Work work);

  private:
    void serve(const std::weak_ptr<bool>& alive);

    Loop& loop_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<Work> waiting_;
    bool leaving_ = false;
    std::thread thread_;  // begins with the first piece
};

}  // namespace lorikeet::widgets
