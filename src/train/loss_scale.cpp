#include "train/loss_scale.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

namespace lorikeet::train {

LossScale::LossScale(at::Device device, Kept begins)
    : scale_(at::full({}, begins.value, at::TensorOptions(device).dtype(at::kFloat))),
      steps_(at::full({}, static_cast<double>(begins.steps), at::TensorOptions(device).dtype(at::kFloat))) {}

void LossScale::unscale(std::span<const optim::Gradient> gradients) const {
    const at::NoGradGuard no_gradient;
    if (!gradients.empty()) at::_foreach_mul_(optim::tensors_of(gradients), scale_.reciprocal());
}

void LossScale::learn_from(const at::Tensor& broken) {
    const at::NoGradGuard no_gradient;
    steps_.add_(1).mul_(1 - broken);
    const auto grows = steps_.ge(kPatience).to(at::kFloat);
    scale_.mul_(1 - 0.5 * broken + grows);
    steps_.mul_(1 - grows);
}

LossScale::Kept LossScale::kept() const {
    return {scale_.item<double>(), static_cast<std::int64_t>(steps_.item<double>())};
}

void LossScale::restore(const Kept& kept) {
    if (kept.value <= 0) return;
    scale_.fill_(kept.value);
    steps_.fill_(static_cast<double>(kept.steps));
}

bool may_overflow(double value) { return value >= 1; }

std::string words_of_skip(std::int64_t step, double value) {
    return fmt::format(
        "Step {} moved nothing: its gradient is too large for float16 at a loss scale of {}. The scale is {} "
        "from here on.",
        step, 2 * value, value);
}

}  // namespace lorikeet::train
