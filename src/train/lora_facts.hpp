// What a LoRA file tells of its making: the facts of a run in the words that kohya's files use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/scan.hpp"
#include "io/safetensors.hpp"
#include "settings/job.hpp"
#include "train/recipe.hpp"
#include "train/training_length.hpp"

namespace lorikeet::train {

struct LoraFacts {
    const settings::Job& job;
    const Recipe& recipe;
    const TrainingLength& length;
    const std::vector<data::DatasetImage>& images;
    std::string started_at;  // seconds since 1970
    std::string checkpoint_sha256;
    std::int64_t step = 0;
    std::int64_t held_out = 0;  // images for the validation loss
};

// ss_* and modelspec.*, without the hashes of the file itself (those come when it is written).
// What each key is called and how it is written is said in adapters/metadata.
io::Metadata metadata_of(const LoraFacts& facts);

}  // namespace lorikeet::train
