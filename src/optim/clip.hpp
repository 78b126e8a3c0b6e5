// The length of all gradients together, and its limit.
//
// On the processor the norm is that of the norms of all parameters, as torch takes it; ATen's sum over millions of squares in a
// row is off in its fourth digit there. A GPU sums as a tree, and the norm is that of a few whole buffers.
// Golden   tests/golden/adamw.safetensors
#pragma once

#include <span>

#include <ATen/ATen.h>

#include "optim/gradients.hpp"

namespace lorikeet::optim {

// Scales the gradients so that their common 2-norm is at most max_norm, as torch's clip_grad_norm_ does, and
// returns the norm from before. max_norm 0 measures only. Parameters without a gradient do not count.
// A norm that is not finite leaves the gradients as they are: the caller decides.
double clip_grad_norm(std::span<const Gradient> gradients, double max_norm);

// The same without waiting for a GPU: the norm stays there, 0-D float32, and a norm that is not finite spoils the
// gradients too. Undefined when there is no gradient.
at::Tensor clip_grad_norm_queued(std::span<const Gradient> gradients, double max_norm);

}  // namespace lorikeet::optim
