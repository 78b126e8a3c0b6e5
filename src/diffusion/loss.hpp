// How far a prediction is from its target, one number for each image; the caller takes the mean of the batch.
//
// Shapes   prediction and target [B, C, h, w];  timesteps [B], int64;  weights and result [B].
// Dtype    float32, whatever the prediction is.
// Source   min-SNR: Hang et al. 2023, arXiv:2303.09556; for v the divisor is SNR + 1.
// Golden   tests/golden/diffusion.safetensors
#pragma once

#include <ATen/ATen.h>

#include "diffusion/schedule.hpp"

namespace lorikeet::diffusion {

// min(SNR, gamma) / SNR, or / (SNR + 1) for v: [B].
at::Tensor min_snr_weight(const Schedule& schedule, const at::Tensor& timesteps, Prediction prediction,
                          double gamma);

// Squared error, averaged over each image. `weights` [B], of the times or of the images, may be undefined: all 1.
at::Tensor loss_of(const at::Tensor& predicted, const at::Tensor& target, const at::Tensor& weights = {});

}  // namespace lorikeet::diffusion
