#include "optim/gradients.hpp"

namespace lorikeet::optim {

Gradients gradients_of(std::span<const at::Tensor> parameters) {
    Gradients gradients;
    for (const auto& parameter : parameters)
        if (const auto& gradient = parameter.grad(); gradient.defined())
            gradients.push_back({gradient, {gradient.numel()}});
    return gradients;
}

std::vector<at::Tensor> tensors_of(std::span<const Gradient> gradients) {
    std::vector<at::Tensor> tensors;
    for (const auto& gradient : gradients) tensors.push_back(gradient.all);
    return tensors;
}

std::vector<at::Tensor> parts_of(std::span<const Gradient> gradients) {
    std::vector<at::Tensor> parts;
    for (const auto& gradient : gradients) {
        if (gradient.counts.size() == 1) {
            parts.push_back(gradient.all);
            continue;
        }
        for (auto& part : gradient.all.split_with_sizes(gradient.counts)) parts.push_back(std::move(part));
    }
    return parts;
}

}  // namespace lorikeet::optim
