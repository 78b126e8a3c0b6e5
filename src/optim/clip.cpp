#include "optim/clip.hpp"

#include <cmath>

#include <ATen/core/grad_mode.h>

namespace lorikeet::optim {
namespace {

constexpr double kGuard = 1e-6;  // torch's own, against a norm of 0

at::Tensor norm_of(std::span<const Gradient> gradients) {
    const auto tensors = gradients.front().all.is_cpu() ? parts_of(gradients) : tensors_of(gradients);
    return at::linalg_vector_norm(at::stack(at::_foreach_norm(tensors)));
}

}  // namespace

double clip_grad_norm(std::span<const Gradient> gradients, double max_norm) {
    const at::NoGradGuard no_grad;
    if (gradients.empty()) return 0;
    const double norm = norm_of(gradients).item<double>();
    const double scale = max_norm / (norm + kGuard);
    if (max_norm > 0 && std::isfinite(norm) && scale < 1) at::_foreach_mul_(tensors_of(gradients), scale);
    return norm;
}

at::Tensor clip_grad_norm_queued(std::span<const Gradient> gradients, double max_norm) {
    const at::NoGradGuard no_grad;
    if (gradients.empty()) return {};
    const auto norm = norm_of(gradients);
    if (max_norm > 0) at::_foreach_mul_(tensors_of(gradients), (max_norm / (norm + kGuard)).clamp_max(1));
    return norm;
}

}  // namespace lorikeet::optim
