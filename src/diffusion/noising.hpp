// From an image's latents to what the network sees.
//
// Shapes   latents, noise and result [B, C, h, w];  timesteps [B], int64.
// Dtype    draws are float32 on the CPU, then brought to the device and dtype of the latents: the same seed gives
//          the same noise on every device. add_noise has the dtype of the latents. Timesteps are int64 and stay on
//          the CPU.
// Golden   tests/golden/diffusion.safetensors
// Throws   Error{InvalidInput} when the range of timesteps is empty or begins below 0.
#pragma once

#include <ATen/ATen.h>

#include "diffusion/schedule.hpp"

namespace lorikeet::diffusion {

// randn, plus noise_offset * randn(B, C, 1, 1), which lets a model learn very dark and very bright images.
at::Tensor draw_noise(const at::Tensor& latents, double noise_offset, at::Generator& generator);

// Uniform in [first, end).
at::Tensor draw_timesteps(std::int64_t batch, std::int64_t first, std::int64_t end, at::Generator& generator);

// sqrt(a) latents + sqrt(1 - a) noise.
at::Tensor add_noise(const Schedule& schedule, const at::Tensor& latents, const at::Tensor& noise,
                     const at::Tensor& timesteps);

}  // namespace lorikeet::diffusion
