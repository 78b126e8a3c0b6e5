// What a LoRA file tells of its making: the facts of a run in the words that kohya's files use.
#pragma once

#include "adapters/metadata.hpp"
#include "io/safetensors.hpp"
#include "train/provenance.hpp"

namespace lorikeet::train {

// ss_* and modelspec.*, without the hashes of the file itself (those come when it is written).
// What each key is called and how it is written is said in adapters/metadata.
io::Metadata lora_metadata(const Provenance& facts, const adapters::NetworkFacts& network);

}  // namespace lorikeet::train
