// How many images are decoded at once: as many as there are threads, while what that takes stays within a bound. One that
// takes more than the bound by itself is decoded alone. So a few huge images need no more memory than the largest of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lorikeet::data {

constexpr std::int64_t kDecodingRoom = std::int64_t{256} << 20;  // bytes

// Held while an image is decoded; waits until there is room for it. For all threads of the process.
class DecodingTurn {
  public:
    explicit DecodingTurn(std::int64_t bytes);
    ~DecodingTurn();
    DecodingTurn(const DecodingTurn&) = delete;
    DecodingTurn& operator=(const DecodingTurn&) = delete;

  private:
    std::int64_t bytes_;
};

// The most that is taken at once, of images that take so much each.
std::int64_t most_while_decoding(std::vector<std::int64_t> bytes_of_each, std::size_t threads);

}  // namespace lorikeet::data
