// Work on many items with a few threads.
#pragma once

#include <cstddef>
#include <functional>

#include "base/cancel.hpp"

namespace lorikeet::base {

// Calls work(0) ... work(count - 1), each once, on at most `threads` threads; returns when all are done.
// The first exception stops the handing out of further items and is thrown again here. A stop asked for does
// the same with Error{Interrupted}.
void for_each_index(std::size_t count, std::size_t threads, const Cancel& cancel,
                    const std::function<void(std::size_t)>& work);

// Processors this process may use.
std::size_t processor_count();

}  // namespace lorikeet::base
