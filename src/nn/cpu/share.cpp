#include "nn/cpu/share.hpp"

#include <algorithm>
#include <atomic>

#include <ATen/Parallel.h>
#include <c10/core/CPUAllocator.h>

// ATen's loops are templates: a file that is compiled without OpenMP runs them in one thread, and says nothing.
#if defined(__GNUC__) && !defined(__clang__) && !defined(INTRA_OP_PARALLEL)
#error "this file wants -fopenmp"
#endif

namespace lorikeet::nn {

void share(std::int64_t count, std::int64_t bytes_of_room,
           const std::function<void(std::int64_t task, char* room)>& work) {
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
