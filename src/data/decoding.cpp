#include "data/decoding.hpp"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>

namespace lorikeet::data {
namespace {

struct Room {
    std::mutex guard;
    std::condition_variable freed;
    std::int64_t taken = 0;
};

Room& room() {
    static Room one;
    return one;
}

}  // namespace

DecodingTurn::DecodingTurn(std::int64_t bytes) : bytes_(bytes) {
    std::unique_lock lock(room().guard);
    room().freed.wait(lock, [&] { return room().taken == 0 || room().taken + bytes_ <= kDecodingRoom; });
    room().taken += bytes_;
}

DecodingTurn::~DecodingTurn() {
    {
        const std::lock_guard lock(room().guard);
        room().taken -= bytes_;
    }
    room().freed.notify_all();
}

std::int64_t most_while_decoding(std::vector<std::int64_t> bytes, std::size_t threads) {
    if (bytes.empty()) return 0;
    std::sort(bytes.begin(), bytes.end(), std::greater<>());
    const auto largest = bytes.front();
    bytes.resize(std::min(bytes.size(), threads));
    const auto together = std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0});
    return std::min(together, std::max(largest, kDecodingRoom));
}

}  // namespace lorikeet::data
