// The gradients of a step in as few tensors as there can be: what clips them, divides them or sums them over devices walks
// these and need not know of parameters.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/ATen.h>

namespace lorikeet::optim {

struct Gradient {
    at::Tensor all;                    // of one parameter, or [numbers] of several, one behind the other
    std::vector<std::int64_t> counts;  // of each parameter's numbers in it
};
using Gradients = std::vector<Gradient>;

// Those that backward passes left with these parameters, each by itself. Shared, not copied.
Gradients gradients_of(std::span<const at::Tensor> parameters);

std::vector<at::Tensor> tensors_of(std::span<const Gradient> gradients);
// A view of each parameter's own part.
std::vector<at::Tensor> parts_of(std::span<const Gradient> gradients);

}  // namespace lorikeet::optim
