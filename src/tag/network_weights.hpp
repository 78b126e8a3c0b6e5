// The way of weights from a file into a network: every one that the network has is found, every one of the file is used,
// none holds a NaN; then they are laid out for the processor, or moved to the GPU.
//
// Dtype    Layers compute in `compute`: their weights are cast to it. Norms, positions and all else stay float32, and so do
//          the sums that go from block to block.
// Throws   Error{Corrupt} naming weights that are missing, left over, of another shape, or not finite.
#pragma once

#include <ATen/ATen.h>

#include "tag/network.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tag {

struct ComputeIn {
    at::ScalarType type = at::kFloat;
    at::Device device = at::kCPU;
};

void load_weights(Network& network, const tensor::WeightFile& file, const ComputeIn& compute);

}  // namespace lorikeet::tag
