// A checkpoint of random weights, as large as a real one or tiny: for tests and benchmarks that may not
// depend on anybody's trained model.
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "models/stable_diffusion_spec.hpp"

namespace lorikeet::models {

// The architectures of sd1_spec() and sdxl_spec() in 4.8 and 5.4 million weights, most of them the vocabulary's: factor 4, 64 px.
StableDiffusionSpec tiny_sd1_spec();
StableDiffusionSpec tiny_sdxl_spec();

// One file in the layout of the family's checkpoints with the metadata that spec_of reads. The same seed gives the same
// bytes.
void save_random_checkpoint(const base::Path& path, const StableDiffusionSpec& spec, at::ScalarType dtype,
                            std::uint64_t seed);

}  // namespace lorikeet::models
