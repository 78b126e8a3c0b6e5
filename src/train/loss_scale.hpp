// The scale of the loss where steps compute in float16, whose smallest number is 6e-8: gradients are worked out of a loss that is
// so many times as large, and divided by it before anything is done with them. A step whose gradient overflows moves nothing and
// halves the scale; after kPatience steps in a row that fit it doubles. All of it is powers of two, so no digit changes.
//
// On a GPU everything is queued, so that it can be recorded with its step; kept() waits for it.
// Source   Micikevicius et al. 2017, arXiv:1710.03740; the numbers are those of torch.amp.GradScaler.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <ATen/ATen.h>

#include "optim/gradients.hpp"

namespace lorikeet::train {

class LossScale {
  public:
    static constexpr double kFirst = 65536;
    static constexpr std::int64_t kPatience = 2000;

    // What goes with a state: the scale, and the steps in a row that fitted it.
    struct Kept {
        double value = 0;  // 0: nothing was kept
        std::int64_t steps = 0;
    };

    explicit LossScale(at::Device device, Kept begins = {kFirst, 0});

    at::Tensor scaled(const at::Tensor& loss) const { return loss * scale_; }
    // Divides these by it.
    void unscale(std::span<const optim::Gradient> gradients) const;
    // What a step taught: `broken` [] float32 is 1 where its gradient was not finite, else 0.
    void learn_from(const at::Tensor& broken);

    // [] float32, on its device: nobody waits.
    const at::Tensor& value() const { return scale_; }
    Kept kept() const;
    void restore(const Kept& kept);

  private:
    at::Tensor scale_;  // [] float32
    at::Tensor steps_;  // [] float32
};

// Whether a gradient that is not finite may be the scale's doing: there is one (not 0), and it has not come down to nothing.
bool may_overflow(double value);
// What is said of a step that was left out: `step` counts from 1, `value` is the scale after it.
std::string words_of_skip(std::int64_t step, double value);

}  // namespace lorikeet::train
