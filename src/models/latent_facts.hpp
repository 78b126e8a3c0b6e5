// How a family counts its latents: what its VAE makes of an image. Numbers alone.
#pragma once

#include <cstdint>

namespace lorikeet::models {

struct LatentFacts {
    std::int64_t channels = 4;
    std::int64_t factor = 8;  // pixels of an image for one latent, along one side
    double scale = 1;         // (latents - shift) * scale have about unit variance: what the network takes
    double shift = 0;
    std::int64_t size_step_px =
        8;                       // sides of images are multiples of it: the factor, and what the network cuts
    std::int64_t least_px = 64;  // the shortest side that a sample may have
};

}  // namespace lorikeet::models
