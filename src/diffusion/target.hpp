// What the network ought to have predicted.
//
// Shapes   latents, noise and result [B, C, h, w];  timesteps [B], int64.
// Source   v: Salimans and Ho 2022, arXiv:2202.00512.
// Golden   tests/golden/diffusion.safetensors
#pragma once

#include <ATen/ATen.h>

#include "diffusion/schedule.hpp"

namespace lorikeet::diffusion {

at::Tensor target_of(Prediction prediction, const Schedule& schedule, const at::Tensor& latents,
                     const at::Tensor& noise, const at::Tensor& timesteps);

}  // namespace lorikeet::diffusion
