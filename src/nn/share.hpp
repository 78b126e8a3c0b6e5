// Work handed out to threads piece by piece.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <ATen/Parallel.h>
#include <c10/core/CPUAllocator.h>

namespace lorikeet::nn {

// Tasks [0, count), each thread taking the next one that is left: one that was held up by other work on its processor
// does not hold up the rest. Each thread has a room of its own to work in, 64 byte aligned.
template <class Work>
void share(std::int64_t count, std::int64_t bytes_of_room, const Work& work) {
    std::atomic<std::int64_t> next = 0;
    const auto crew = std::min(count, static_cast<std::int64_t>(at::get_num_threads()));
    at::parallel_for(0, crew, 1, [&](std::int64_t begin, std::int64_t end) {
        for (auto member = begin; member < end; ++member) {
            const auto room = c10::GetCPUAllocator()->allocate(static_cast<std::size_t>(bytes_of_room));
            for (auto task = next++; task < count; task = next++) work(task, static_cast<char*>(room.get()));
        }
    });
}

}  // namespace lorikeet::nn
