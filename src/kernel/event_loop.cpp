#include "kernel/event_loop.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/log.hpp"

namespace lorikeet::kernel {

struct EventLoop::Ring {
    Clock::time_point next;
    std::chrono::milliseconds pause;
    std::function<void()> work;
};

namespace {

template <class Ring>
struct HeldTimer : widgets::Timer {
    explicit HeldTimer(std::shared_ptr<Ring> held) : ring(std::move(held)) {}
    std::shared_ptr<Ring> ring;
};

void run_guarded(const std::function<void()>& work) {
    try {
        work();
    } catch (const std::exception& error) {
        base::log_warning(fmt::format("Something in the kernel failed: {}", error.what()));
    }
}

}  // namespace

EventLoop::EventLoop() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    base::expects(wake_ >= 0, "the system gives an eventfd");
}

EventLoop::~EventLoop() { ::close(wake_); }

void EventLoop::post(std::function<void()> work) {
    {
        const std::lock_guard hold(mutex_);
        posted_.push_back(std::move(work));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written =
        ::write(wake_, &one, sizeof one);  // only a full counter refuses: it wakes too
}

std::unique_ptr<widgets::Timer> EventLoop::every(std::chrono::milliseconds pause,
                                                 std::function<void()> work) {
    auto ring = std::make_shared<Ring>(Ring{Clock::now() + pause, pause, std::move(work)});
    rings_.push_back(ring);
    return std::make_unique<HeldTimer<Ring>>(std::move(ring));
}

std::chrono::milliseconds EventLoop::until_next(std::chrono::milliseconds longest) const {
    auto next = Clock::now() + longest;
    for (const auto& weak : rings_)
        if (const auto ring = weak.lock()) next = std::min(next, ring->next);
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
    return std::max(wait, std::chrono::milliseconds(0));
}

void EventLoop::run_due() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(wake_, &count, sizeof count);
    run_posted();
    run_timers();
}

void EventLoop::run_posted() {
    std::vector<std::function<void()>> now;
    {
        const std::lock_guard hold(mutex_);
        now.swap(posted_);
    }
    for (const auto& work : now) run_guarded(work);
}

void EventLoop::run_timers() {
    std::erase_if(rings_, [](const auto& weak) { return weak.expired(); });
    const auto now = Clock::now();
    for (const auto& weak : std::vector(rings_)) {  // a copy: work may start timers
        const auto ring = weak.lock();              // and end any, its own too
        if (!ring || ring->next > now) continue;
        ring->next = std::max(ring->next + ring->pause, now);  // what was missed is not made up for
        run_guarded(ring->work);
    }
}

}  // namespace lorikeet::kernel
