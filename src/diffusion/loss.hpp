// How far a guess is from its target, one number for each picture; the caller takes the mean of the batch.
//
// Shapes   guess and target [B, C, h, w];  timesteps [B], int64;  result [B].
// Dtype    float32, whatever the guess is.
// Source   min-SNR: Hang et al. 2023, arXiv:2303.09556; for v the divisor is SNR + 1.
// Golden   tests/golden/diffusion.safetensors
#pragma once

#include <optional>

#include <ATen/ATen.h>

#include "diffusion/schedule.hpp"

namespace lorikeet::diffusion {

struct LossOptions {
    Prediction prediction = Prediction::Epsilon;
    std::optional<double> min_snr{};  // gamma; unset: every timestep counts the same
};

// min(SNR, gamma) / SNR, or / (SNR + 1) for v: [B].
at::Tensor min_snr_weight(const Schedule& schedule, const at::Tensor& timesteps, Prediction prediction,
                          double gamma);

// Squared error, averaged over each picture and weighted. picture_weights [B] may be undefined: all 1.
at::Tensor loss_of(const at::Tensor& guess, const at::Tensor& target, const at::Tensor& timesteps,
                   const Schedule& schedule, const LossOptions& options,
                   const at::Tensor& picture_weights = {});

}  // namespace lorikeet::diffusion
