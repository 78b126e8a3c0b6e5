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

// What a masked image's loss is averaged over.
enum class MaskMean { Image, Mask };

// Squared error, averaged over each image. `weights` [B], of the times or of the images, may be undefined: all 1. `masks`
// [B, 1, h, w] from 0 to 1 too: then the error counts as much as they say, and an image whose mask is 0 all over gives 0.
// Source   masks: kohya's sd-scripts, library/custom_train_functions.py, apply_masked_loss; it knows the mean over the image.
at::Tensor loss_of(const at::Tensor& predicted, const at::Tensor& target, const at::Tensor& weights = {},
                   const at::Tensor& masks = {}, MaskMean mean = MaskMean::Image);

}  // namespace lorikeet::diffusion
