// Waiting for what another process does.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace lorikeet::support {

// Whether it becomes true within half a minute.
inline bool soon(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace lorikeet::support
