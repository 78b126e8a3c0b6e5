// The most memory that this process has had at a time, for tests of what a piece of work takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>

#include <malloc.h>

namespace lorikeet::support {

inline std::int64_t status_kilobytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == name + ":") {
            std::int64_t value = 0;
            status >> value;
            return value;
        }
    return 0;
}

// Bytes above what there was before; -1 where the system does not let the peak be set back.
inline std::int64_t resident_peak_of(const std::function<void()>& work) {
    // The threshold that malloc comes to by itself once large blocks were freed, which earlier tests may have done or not.
    ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
    ::malloc_trim(0);
    std::ofstream reset("/proc/self/clear_refs");
    reset << "5" << std::flush;
    if (!reset) return -1;
    const auto before = status_kilobytes("VmRSS");
    work();
    return std::max<std::int64_t>(0, status_kilobytes("VmHWM") - before) * 1024;
}

}  // namespace lorikeet::support
