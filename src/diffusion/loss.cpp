#include "diffusion/loss.hpp"

namespace lorikeet::diffusion {

at::Tensor min_snr_weight(const Schedule& schedule, const at::Tensor& timesteps, Prediction prediction,
                          double gamma) {
    const auto snr = schedule.snr_of(timesteps);
    const auto divisor = prediction == Prediction::Epsilon ? snr : snr + 1;
    return snr.clamp_max(gamma) / divisor;
}

at::Tensor loss_of(const at::Tensor& predicted, const at::Tensor& target, const at::Tensor& weights,
                   const at::Tensor& masks, MaskMean mean) {
    constexpr double kLeastArea = 1e-6;
    auto error =
        at::mse_loss(predicted.to(at::kFloat), target.to(at::kFloat), at::Reduction::None);  // [B, C, h, w]
    if (masks.defined()) error = error * masks;
    auto loss = error.mean({1, 2, 3});  // [B]
    if (masks.defined() && mean == MaskMean::Mask) loss = loss / masks.mean({1, 2, 3}).clamp_min(kLeastArea);
    return weights.defined() ? loss * weights : loss;
}

}  // namespace lorikeet::diffusion
