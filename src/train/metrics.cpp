#include "train/metrics.hpp"

#include <algorithm>
#include <vector>

namespace lorikeet::train {

void Smoothed::add(double value) {
    sum_ = decay_ * sum_ + (1 - decay_) * value;
    weight_ = decay_ * weight_ + (1 - decay_);
}

double Smoothed::value() const { return weight_ > 0 ? sum_ / weight_ : 0; }

void Pace::step_done() {
    constexpr std::size_t kWindow = 32;
    recent_.push_back(watch_.seconds());
    if (recent_.size() > kWindow) recent_.pop_front();
    watch_.restart();
}

double Pace::seconds_per_step() const {
    if (recent_.empty()) return 0;
    std::vector<double> sorted(recent_.begin(), recent_.end());
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<long>(sorted.size() / 2), sorted.end());
    return sorted[sorted.size() / 2];
}

}  // namespace lorikeet::train
