#include "optim/clip.hpp"

#include <cmath>
#include <vector>

#include <ATen/core/grad_mode.h>

namespace lorikeet::optim {

double clip_grad_norm(std::span<const at::Tensor> parameters, double max_norm) {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> gradients;
    for (const auto& parameter : parameters)
        if (parameter.grad().defined()) gradients.push_back(parameter.grad());
    if (gradients.empty()) return 0;
    const double norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients))).item<double>();
    const double scale = max_norm / (norm + 1e-6);  // torch's own guard against a norm of 0
    if (max_norm > 0 && std::isfinite(norm) && scale < 1) at::_foreach_mul_(gradients, scale);
    return norm;
}

}  // namespace lorikeet::optim
