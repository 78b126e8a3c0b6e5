#include "widgets/work_queue.hpp"

#include <utility>

namespace lorikeet::widgets {

WorkQueue::WorkQueue(Loop& loop) : loop_(loop) {}

WorkQueue::~WorkQueue() {
    alive_.reset();
    {
        const std::lock_guard lock(mutex_);
        leaving_ = true;
    }
    news_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void WorkQueue::add(Work work) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(work));
    }
    if (!thread_.joinable()) thread_ = std::thread([this, alive = std::weak_ptr(alive_)] { serve(alive); });
    news_.notify_all();
}

void WorkQueue::serve(const std::weak_ptr<bool>& alive) {
    while (true) {
        Work work;
        {
            std::unique_lock lock(mutex_);
            news_.wait(lock, [this] { return leaving_ || !waiting_.empty(); });
            if (leaving_) return;
            work = std::move(waiting_.front());
            waiting_.pop_front();
        }
        auto answer = work();
        loop_.post([alive, answer = std::move(answer)] {
            if (!alive.expired() && answer) answer();
        });
    }
}

}  // namespace lorikeet::widgets
