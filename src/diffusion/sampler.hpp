// From noise to latents, in a few steps.
//
// The settings are those that an SD 1.5 pipeline of diffusers runs with:
//   DDIM     eta 0, timesteps "leading" with offset 1, nothing clipped, the last step ends at alpha_bar[0];
//   Euler    timesteps "linspace": fractions of a timestep occur, and the network is asked at them;
//   EulerA   Euler with fresh noise in every step.
// With a schedule of zero terminal SNR, DDIM's timesteps are "trailing", since an image begins where nothing is left of
// it; Euler's highest level, which would be infinite, is that of alpha_bar 2^-24, as in diffusers.
//
// Shapes   start_noise, x and result [B, C, h, w]; start_noise has variance 1.
// Dtype    float32; what the prediction returns is cast to it.
// Source   Song et al. 2020, arXiv:2010.02502, formula 12; Karras et al. 2022, arXiv:2206.00364, algorithm 2.
// Golden   tests/golden/sampler.safetensors
// Throws   Error{InvalidInput} for fewer than 1 or more than 999 steps.
#pragma once

#include <cstdint>
#include <functional>

#include <ATen/ATen.h>

#include "diffusion/schedule.hpp"
#include "settings/sample.hpp"

namespace lorikeet::diffusion {

// The network's prediction (guidance included) for an input that is scaled as the network wants it.
using Predictor = std::function<at::Tensor(const at::Tensor& x, double timestep)>;

struct SamplerOptions {
    settings::SamplerKind kind = settings::SamplerKind::Ddim;
    std::int64_t steps = 25;
    std::function<void(std::int64_t done)> on_step{};  // after each step: 1, 2, ...; may throw to stop
};

at::Tensor sample(const Schedule& schedule, Prediction prediction, const SamplerOptions& options,
                  const at::Tensor& start_noise, const Predictor& predicted, at::Generator& generator);

}  // namespace lorikeet::diffusion
