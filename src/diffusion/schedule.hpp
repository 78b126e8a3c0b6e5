// How much of the image is left at each of the thousand timesteps.
//
// Shapes   alpha_bar [1000].
// Dtype    float32, computed in float32 on the processor, since the reference's own table is; then moved.
// Source   Ho et al. 2020, arXiv:2006.11239; "scaled linear" betas 0.00085 .. 0.012 of Stable Diffusion 1, 2
//          and XL. Zero terminal SNR: Lin et al. 2023, arXiv:2305.08891, algorithm 1.
// Golden   tests/golden/diffusion.safetensors, zero_snr.safetensors
#pragma once

#include <ATen/ATen.h>

#include "settings/model.hpp"

namespace lorikeet::diffusion {

// What the network predicts: the noise, or v = sqrt(a) noise - sqrt(1 - a) latents.
using settings::Prediction;  // never Auto: train/words has asked the file

// Whether anything is left of the image at the last timestep. Where nothing is, only velocity can be learned there.
enum class Terminal { Trace, Nothing };

struct Schedule {
    at::Tensor alpha_bar;

    Terminal terminal = Terminal::Trace;

    std::int64_t steps() const { return alpha_bar.size(0); }
    // alpha_bar of each image of a batch on the timesteps' device, ready to be multiplied with [B, C, h,
    // w].
    at::Tensor alpha_bar_of(const at::Tensor& timesteps) const;
    // Signal to noise, a / (1 - a), of each image: [B].
    at::Tensor snr_of(const at::Tensor& timesteps) const;
};

Schedule make_schedule(Terminal terminal = Terminal::Trace, at::Device device = at::kCPU);

}  // namespace lorikeet::diffusion
