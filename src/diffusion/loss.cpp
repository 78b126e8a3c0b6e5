#include "diffusion/loss.hpp"

namespace lorikeet::diffusion {

at::Tensor min_snr_weight(const Schedule& schedule, const at::Tensor& timesteps, Prediction prediction,
                          double gamma) {
    const auto snr = schedule.snr_of(timesteps);
    const auto divisor = prediction == Prediction::Epsilon ? snr : snr + 1;
    return snr.clamp_max(gamma) / divisor;
}

at::Tensor loss_of(const at::Tensor& guess, const at::Tensor& target, const at::Tensor& timesteps,
                   const Schedule& schedule, const LossOptions& options, const at::Tensor& picture_weights) {
    const auto error = at::mse_loss(guess.to(at::kFloat), target.to(at::kFloat), at::Reduction::None);
    auto loss = error.mean({1, 2, 3});
    if (picture_weights.defined()) loss = loss * picture_weights;
    if (options.min_snr)
        loss = loss * min_snr_weight(schedule, timesteps, options.prediction, *options.min_snr);
    return loss;
}

}  // namespace lorikeet::diffusion
