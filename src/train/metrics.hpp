// Numbers about the run itself: a smoothed loss, the pace, when it will be done.
#pragma once

#include <cstdint>
#include <deque>

#include "base/clock.hpp"

namespace lorikeet::train {

// Exponential average, corrected for its start: the first value is itself. decay 0.98 looks back some 50 steps.
class Smoothed {
  public:
    explicit Smoothed(double decay = 0.98) : decay_(decay) {}
    void add(double value);
    double value() const;  // 0 before the first
    // What a resumed run goes on from.
    double sum() const { return sum_; }
    double weight() const { return weight_; }
    void restore(double sum, double weight) { sum_ = sum, weight_ = weight; }

  private:
    double decay_;
    double sum_ = 0;
    double weight_ = 0;
};

// The pace of the last steps: median, so that a pause for an image does not count as training.
class Pace {
  public:
    void step_done();
    // The next step begins now: what happened since the last one was something else.
    void restart() { watch_.restart(); }
    double seconds_per_step() const;  // 0 before the first
    double last_seconds() const { return recent_.empty() ? 0 : recent_.back(); }

  private:
    base::Stopwatch watch_;
    std::deque<double> recent_;
};

}  // namespace lorikeet::train
