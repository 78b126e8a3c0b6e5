#include "diffusion/target.hpp"

namespace lorikeet::diffusion {

at::Tensor target_of(Prediction prediction, const Schedule& schedule, const at::Tensor& latents,
                     const at::Tensor& noise, const at::Tensor& timesteps) {
    if (prediction == Prediction::Epsilon) return noise;
    const auto a = schedule.alpha_bar_of(timesteps).to(latents.options());
    return a.sqrt() * noise - (1 - a).sqrt() * latents;
}

}  // namespace lorikeet::diffusion
