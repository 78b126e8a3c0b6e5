// Between the stages: drawings as latents, encoded once.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "world.hpp"

namespace lorikeet::tiny_base {

struct Latents {
    at::Tensor scaled;          // [N, 4, h, w] float32, of deviation 0.5
    std::vector<Thing> things;  // what each shows
    double scale = 1;           // scaled = scale * what the encoder said
};

// Deviation 0.5, not 1: half of the variance of these latents is the colour of the whole image, and at unit
// variance the noise of the last timestep still gives it away, so the UNet would read the ground there instead
// of in the caption.
void make_latents(const base::Path& folder, std::int64_t count, const base::Cancel& cancel);
Latents load_latents(const base::Path& folder);

}  // namespace lorikeet::tiny_base
