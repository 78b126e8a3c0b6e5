// How much a job will write, known before it starts.
#pragma once

#include <cstdint>
#include <optional>

#include "base/file.hpp"
#include "settings/job.hpp"

namespace lorikeet::studio {

struct DiskEstimate {
    std::uint64_t lora_bytes = 0;    // one finished file
    std::uint64_t lora_files = 0;    // of them, at most at one time
    std::uint64_t state_bytes = 0;   // what resume needs; twice while it is being replaced
    std::uint64_t sample_bytes = 0;  // all pictures
    std::uint64_t cache_bytes = 0;   // latents and captions kept
    std::uint64_t log_bytes = 0;     // events, log and curves
    std::uint64_t total() const;
};

struct RunLength {
    std::int64_t pictures = 0;          // each counted once
    std::int64_t images_per_epoch = 0;  // with repeats
    std::int64_t steps_per_epoch = 0;   // optimizer steps
    std::int64_t epochs = 0;            // begun
    std::int64_t steps = 0;             // in all
};

// Numbers of adapter weights of rank 1: each target of the checkpoint adds (in + out) of them.
struct AdapterSize {
    std::int64_t modules = 0;
    std::int64_t weights_per_rank = 0;
};
// Read from the header of the checkpoint's file.
AdapterSize adapter_size(const base::Path& checkpoint, const settings::Adapter& adapter);

DiskEstimate estimate_disk(const settings::Job& job, const AdapterSize& size, const RunLength& length);

}  // namespace lorikeet::studio
