// What a LoRA file tells of its making: the facts of a run in the words that kohya's files use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/scan.hpp"
#include "io/safetensors.hpp"
#include "settings/job.hpp"
#include "train/horizon.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

struct LoraFacts {
    const settings::Job& job;
    const Recipe& recipe;
    const Horizon& horizon;
    const std::vector<data::Picture>& pictures;
    std::string started_at;  // seconds since 1970
    std::string checkpoint_sha256;
    std::int64_t step = 0;
};

// ss_* and modelspec.*, without the hashes of the file itself (those come when it is written).
// What each key is called and how it is written is said in adapters/metadata.
io::Metadata metadata_of(const LoraFacts& facts);

}  // namespace lorikeet::train
