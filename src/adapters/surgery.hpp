// Operations on finished LoRAs.
//
// Golden   tests/golden/lora_merge.safetensors
// Throws   what fit() throws; Error{InvalidInput} when most layers of the file have no place in the model; Error{NotFinite}
//          naming the layer when a sum is not a number.
#pragma once

#include <string>
#include <vector>

#include "adapters/lora_file.hpp"
#include "adapters/targets.hpp"

namespace lorikeet::adapters {

// W += what the adapter adds to it at `strength`, for every layer that the file names, summed in float32 and rounded once to the
// weight's dtype; float16 where that is fp8, which would round most of the sum away. The weights are replaced, not written into: they may be views of a mapped file.
// Returns the names in the file that no layer has.
std::vector<std::string> merge(const LoraFile& file, const std::vector<Target>& targets, double strength);

}  // namespace lorikeet::adapters
