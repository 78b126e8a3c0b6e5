#include "optim/clip.hpp"

#include <cmath>
#include <vector>

#include <ATen/core/grad_mode.h>

namespace lorikeet::optim {
namespace {

constexpr double kGuard = 1e-6;  // torch's own, against a norm of 0

std::vector<at::Tensor> gradients_of(std::span<const at::Tensor> parameters) {
    std::vector<at::Tensor> gradients;
    for (const auto& parameter : parameters)
        if (parameter.grad().defined()) gradients.push_back(parameter.grad());
    return gradients;
}

at::Tensor norm_of(at::TensorList gradients) {
    return at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients)));
}

}  // namespace

double clip_grad_norm(std::span<const at::Tensor> parameters, double max_norm) {
    const at::NoGradGuard no_grad;
    const auto gradients = gradients_of(parameters);
    if (gradients.empty()) return 0;
    const double norm = norm_of(gradients).item<double>();
    const double scale = max_norm / (norm + kGuard);
    if (max_norm > 0 && std::isfinite(norm) && scale < 1) at::_foreach_mul_(gradients, scale);
    return norm;
}

at::Tensor clip_grad_norm_queued(std::span<const at::Tensor> parameters, double max_norm) {
    const at::NoGradGuard no_grad;
    const auto gradients = gradients_of(parameters);
    if (gradients.empty()) return {};
    const auto norm = norm_of(gradients);
    if (max_norm > 0) at::_foreach_mul_(gradients, (max_norm / (norm + kGuard)).clamp_max(1));
    return norm;
}

}  // namespace lorikeet::optim
