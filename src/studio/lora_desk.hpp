// What is done with finished LoRAs.
#pragma once

#include <cstdint>
#include <string>
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
    std::int64_t layers = 0;     // of the model, whose weights in the file are other ones now; each once
    std::int64_t unchanged = 0;  // of the model, named by a LoRA and as they were
    std::int64_t unknown = 0;    // of the LoRAs, without a place in this model
    std::uint64_t bytes = 0;
    std::vector<std::string>
        notes;  // what was left out, changed nothing or is written in another way, a sentence each
};

// A checkpoint with the LoRAs worked into its weights: everything else (dtypes, other tensors, metadata) as it was. But
// weights in fp8 with scales become plain float16 ones, and so do other fp8 weights that a LoRA changes.
// Throws Error{Conflict} when `out` exists; Error{NotFound}, Error{Io} or Error{NoSpace} when it cannot be written, before any work;
// Error{Unsupported} when a LoRA does not fit the model; Error{Corrupt} naming a tensor that is not finite and is used.
MergeReport merge(const MergeRequest& request);

}  // namespace lorikeet::studio
