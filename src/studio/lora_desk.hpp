// What is done with finished LoRAs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/file.hpp"
#include "studio/sample_desk.hpp"

namespace lorikeet::studio {

struct MergeRequest {
    std::string model = "tiny";
    std::vector<LoraUse> loras;  // one after the other
    base::Path out;              // a .safetensors that is not there yet
};

struct MergeReport {
    std::int64_t modules = 0;  // changed
    std::int64_t unknown = 0;  // of the LoRA, without a place in this model
    std::uint64_t bytes = 0;
};

// A checkpoint with the LoRAs worked into its weights: everything else (dtypes, other tensors, metadata) as it was.
// Throws Error{Conflict} when `out` exists; Error{Unsupported} when a LoRA does not fit the model.
MergeReport merge(const MergeRequest& request);

}  // namespace lorikeet::studio
