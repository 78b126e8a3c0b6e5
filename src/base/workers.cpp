#include "base/workers.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <sched.h>

namespace lorikeet::base {

void for_each_index(std::size_t count, std::size_t threads, const Cancel& cancel,
                    const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::exception_ptr first;
    std::mutex guard;
    const auto run = [&] {
        for (;;) {
            const auto index = next.fetch_add(1);
            if (index >= count || failed.load()) return;
            try {
                cancel.throw_if_stopped();
                work(index);
            } catch (...) {
                const std::lock_guard lock(guard);
                if (!first) first = std::current_exception();
                failed.store(true);
            }
        }
    };
    std::vector<std::thread> crew;
    const auto extra = std::min(std::max<std::size_t>(threads, 1), std::max<std::size_t>(count, 1)) - 1;
    for (std::size_t i = 0; i < extra; ++i) crew.emplace_back(run);
    run();
    for (auto& thread : crew) thread.join();
    if (first) std::rethrow_exception(first);
}

std::size_t processor_count() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<std::size_t>(CPU_COUNT(&set));
    return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace lorikeet::base
