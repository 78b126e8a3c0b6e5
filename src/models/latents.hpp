// Latents as a VAE gives them.
#pragma once

#include <ATen/ATen.h>

namespace lorikeet::models {

// The normal distribution of latents that stands for one image.
struct LatentDistribution {
    at::Tensor mean;    // [B, C, h, w] float32
    at::Tensor logvar;  // the same; within [-30, 20]

    at::Tensor deviation() const { return (logvar * 0.5).exp(); }
    at::Tensor draw(const at::Tensor& noise) const { return mean + deviation() * noise; }
};

}  // namespace lorikeet::models
