// What a file of weights is: as models/file_kind tells it, but that kinds of adapters with a row in adapters/kind are LoRAs that
// can be used, under their own words.
#pragma once

#include <string_view>

#include "io/safetensors.hpp"
#include "models/file_kind.hpp"

namespace lorikeet::train {

struct WeightsKind {
    models::FileKind kind;
    const models::Family* family;  // of a checkpoint; else nullptr
    std::string_view words;        // fits after "This is": "a LoRA"
};

// Reads the header alone.
WeightsKind weights_kind(const io::SafetensorsFile& file);

// Refuses a LoRA that is for another family of models, by its names alone.
// Throws   Error{Conflict}.
void expect_lora_for(const models::Family& family, const base::Path& lora);

}  // namespace lorikeet::train
