// The way of weights from a file into a network: every one that the network has is found, every one of the file is used,
// none holds a NaN; then they are laid out for the processor, or moved to the GPU.
//
// Dtype    Layers compute in `compute`: their weights are cast to it. Norms, positions and all else stay float32, and so do
//          the sums that go from block to block.
// Throws   Error{Corrupt} naming weights that are missing, left over, of another shape, or not finite.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include <ATen/ATen.h>

#include "tag/network.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tag {

struct ComputeIn {
    at::ScalarType type = at::kFloat;
    at::Device device = at::kCPU;
};

// What has weights, and how a file is told that is not of it.
struct WeightsWanted {
    std::function<void(nn::Visitor&)> visit;
    std::function<void()> prepare;      // as TaggerNetwork::prepare
    std::set<std::string> passed_over;  // weights of the file that say nothing of their own
    std::string remedy;                 // for a file with weights that there is no place for
    std::map<std::string, std::string> stored_as =
        {};  // weights of the network that the file has under another name
};

void load_weights(const WeightsWanted& wanted, const tensor::WeightFile& file, const ComputeIn& compute);
void load_weights(TaggerNetwork& network, const tensor::WeightFile& file, const ComputeIn& compute);

}  // namespace lorikeet::tag
