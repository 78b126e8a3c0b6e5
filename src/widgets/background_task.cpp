#include "widgets/background_task.hpp"

#include <atomic>
#include <exception>
#include <utility>

namespace lorikeet::widgets {

// Shared by the loop's thread, the task's own, and the answer on its way between them.
struct BackgroundTask::Order {
    Work work;
    Failed failed;
    base::Cancel cancel;
    std::atomic<bool> dropped = false;
    bool answered = false;  // the loop's thread alone
};

BackgroundTask::BackgroundTask(Loop& loop) : loop_(loop) {}

BackgroundTask::~BackgroundTask() {
    stop();
    {
        const std::lock_guard lock(mutex_);
        leaving_ = true;
    }
    news_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void BackgroundTask::stop() {
    if (latest_ == nullptr) return;
    latest_->dropped = true;
    latest_->cancel.request_stop();
    latest_ = nullptr;
}

bool BackgroundTask::busy() const { return latest_ != nullptr && !latest_->answered; }

void BackgroundTask::start(Work work, Failed failed) {
    stop();
    latest_ = std::make_shared<Order>();
    latest_->work = std::move(work);
    latest_->failed = std::move(failed);
    {
        const std::lock_guard lock(mutex_);
        waiting_ = latest_;
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
    news_.notify_all();
}

void BackgroundTask::serve() {
    while (true) {
        std::shared_ptr<Order> order;
        {
            std::unique_lock lock(mutex_);
            news_.wait(lock, [this] { return leaving_ || waiting_ != nullptr; });
            if (leaving_) return;
            order = std::move(waiting_);
        }
        if (!order->dropped) carry_out(order);
    }
}

void BackgroundTask::carry_out(const std::shared_ptr<Order>& order) {
    Answer answer;
    try {
        answer = order->work(order->cancel);
    } catch (const base::Error& error) {
        answer = [order, error] {
            if (order->failed) order->failed(error);
        };
    } catch (const std::exception& error) {
        const base::Error known(base::ErrorCode::Internal, error.what(), "This is a bug; the log has more.");
        answer = [order, known] {
            if (order->failed) order->failed(known);
        };
    }
    loop_.post([order, answer = std::move(answer)] {
        if (order->dropped) return;
        order->answered = true;
        if (answer) answer();
    });
}

}  // namespace lorikeet::widgets
