// Which image is shown when. A pure function of (repeats, seed, epoch): any place of any epoch can be asked
// for, by whoever and in whatever sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lorikeet::data {

// One showing of an image.
struct Draw {
    std::size_t image = 0;
    std::int64_t place = 0;  // in its epoch, from 0: what every other draw of chance is keyed by
    bool operator==(const Draw&) const = default;
};

class Order {
  public:
    // `repeats` of each image. The last batch of an epoch holds what is left, and may be smaller.
    Order(std::vector<std::int64_t> repeats, std::int64_t batch, std::uint64_t seed);

    std::int64_t draws_per_epoch() const { return draws_; }
    std::int64_t batches_per_epoch() const { return (draws_ + batch_ - 1) / batch_; }
    // Every image as often as it is repeated, shuffled.
    std::vector<std::size_t> epoch(std::int64_t epoch) const;
    std::vector<Draw> batch(std::int64_t epoch, std::int64_t index) const;

  private:
    std::vector<std::int64_t> repeats_;
    std::int64_t batch_;
    std::uint64_t seed_;
    std::int64_t draws_ = 0;
};

}  // namespace lorikeet::data
