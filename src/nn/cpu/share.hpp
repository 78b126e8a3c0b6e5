// Work handed out to threads piece by piece.
#pragma once

#include <cstdint>
#include <functional>

namespace lorikeet::nn {

// Tasks [0, count), each thread taking the next one that is left: one that was held up by other work on its processor
// does not hold up the rest. Each thread has a room of its own to work in, 64 byte aligned. As many threads as ATen has.
void share(std::int64_t count, std::int64_t bytes_of_room,
           const std::function<void(std::int64_t task, char* room)>& work);

}  // namespace lorikeet::nn
