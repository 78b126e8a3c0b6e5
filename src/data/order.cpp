#include "data/order.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {

Order::Order(std::vector<std::int64_t> repeats, std::int64_t batch, std::uint64_t seed)
    : repeats_(std::move(repeats)), batch_(batch), seed_(seed) {
    base::expects(batch_ > 0, "a batch holds at least one image");
    for (const auto times : repeats_) {
        base::expects(times >= 0, "an image is not repeated less than never");
        draws_ += times;
    }
}

std::vector<std::size_t> Order::epoch(std::int64_t epoch) const {
    std::vector<std::size_t> order;
    order.reserve(static_cast<std::size_t>(draws_));
    for (std::size_t image = 0; image < repeats_.size(); ++image)
        order.insert(order.end(), static_cast<std::size_t>(repeats_[image]), image);
    tensor::Draws draws(tensor::seed_of(seed_, tensor::Stream::Order, static_cast<std::uint64_t>(epoch)));
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[draws.below(i)]);
    return order;
}

std::vector<Draw> Order::batch(std::int64_t epoch, std::int64_t index) const {
    base::expects(epoch >= 0 && index >= 0 && index < batches_per_epoch(), "a batch lies inside its epoch");
    const auto order = this->epoch(epoch);
    const auto end = std::min((index + 1) * batch_, draws_);
    std::vector<Draw> draws;
    for (auto place = index * batch_; place < end; ++place)
        draws.push_back({order[static_cast<std::size_t>(place)], place});
    return draws;
}

}  // namespace lorikeet::data
