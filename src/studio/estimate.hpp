// How much a job will write and how much memory it takes, known before it starts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/scan.hpp"
#include "models/latent_facts.hpp"
#include "settings/job.hpp"
#include "train/adapter_size.hpp"
#include "train/training_length.hpp"

namespace lorikeet::studio {

struct DiskEstimate {
    std::uint64_t lora_bytes = 0;    // one finished file
    std::uint64_t lora_files = 0;    // of them, at most at one time
    std::uint64_t state_bytes = 0;   // what resume needs; twice while it is being replaced
    std::uint64_t sample_bytes = 0;  // all images
    std::uint64_t cache_bytes = 0;   // latents and captions kept
    std::uint64_t log_bytes = 0;     // events, log and curves
    std::uint64_t total() const;
};

// What a run has to learn from, and how far it goes by the trainer's own count.
struct RunLength {
    std::int64_t images = 0;            // each counted once; those that are trained on
    std::int64_t held_out = 0;          // kept out of training, for the validation loss
    std::int64_t images_per_epoch = 0;  // with repeats
    std::int64_t kept_texts = 0;        // captions and prompts of which is kept what text encoders make
    train::TrainingLength training{};   // of no step where it is not known
};
// "3 epochs of 12 steps, then 4 steps", where the last epoch is cut.
std::string words_for(const RunLength& length);

// The memory of a run, before it starts; what is counted is said in train/forecast.
struct MemoryEstimate {
    struct Item {
        std::string name;  // "weights", "activations"
        std::uint64_t bytes = 0;
    };
    std::vector<Item> parts;           // of a training step; none of 0 bytes
    std::uint64_t step_bytes = 0;      // their sum
    std::uint64_t cache_bytes = 0;     // the process while images are encoded
    std::uint64_t sampling_bytes = 0;  // while a sample is generated; 0 when there is none
    std::uint64_t most_bytes = 0;      // the largest of the three
    std::uint64_t room_bytes = 0;      // what there is for it; 0: not told
    std::string way;                   // "recompute off"
    std::string choice;  // why it is another way than the settings' first, or why nothing is known
    std::vector<base::Problem> problems;  // when it does not fit: why, and the setting to change
};
// Throws what train::plan_memory throws.
MemoryEstimate estimate_memory(const settings::Job& job, const std::vector<data::DatasetImage>& images);

// `latents` and `text_width` (models/family.hpp): of the model, where it is known.
DiskEstimate estimate_disk(const settings::Job& job, const train::AdapterSize& size, const RunLength& length,
                           const models::LatentFacts& latents = {}, std::int64_t text_width = 768);

}  // namespace lorikeet::studio
