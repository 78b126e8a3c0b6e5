// What the tests of every rule begin with.
#pragma once

#include <ATen/ATen.h>

#include "optim/optimizer.hpp"

namespace lorikeet::optim {

inline at::Tensor parameter(at::Tensor values) { return values.requires_grad_(); }

// One step towards weight = target under a squared error.
inline void descend(Optimizer& optimizer, const at::Tensor& weight, const at::Tensor& target) {
    optimizer.zero_grad();
    (weight - target).square().sum().backward();
    optimizer.step(1);
}

}  // namespace lorikeet::optim
