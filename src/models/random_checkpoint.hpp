// A checkpoint of random weights, as large as a real one or tiny: for tests and benchmarks that may not
// depend on anybody's trained model.
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "models/spec.hpp"

namespace lorikeet::models {

// Stable Diffusion 1.5's sizes: 1.07 billion weights.
Spec sd1_spec();
// Those of SDXL: 3.47 billion.
Spec sdxl_spec();
// The same architectures in 4.8 and 5.4 million weights, most of them the vocabulary's: factor 4, 64 px.
Spec tiny_sd1_spec();
Spec tiny_sdxl_spec();

// One file in the layout of the family's checkpoints with the metadata that spec_of reads. The same seed gives the same
// bytes.
void save_random_checkpoint(const base::Path& path, const Spec& spec, at::ScalarType dtype,
                            std::uint64_t seed);

}  // namespace lorikeet::models
