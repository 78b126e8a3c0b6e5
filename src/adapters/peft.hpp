// LoRA files in the layouts of peft and diffusers, read by kohya's names for the same layers.
//
//   base_model.model.<path>.lora_A.weight                 peft: one model in a file, told by its paths
//   unet.<path>.lora_A.weight, text_encoder.<path>...     diffusers; text_encoder_2 is the second tower of SDXL
//   unet.<path>.lora.down.weight, ....processor.to_q_lora.down.weight      older diffusers
//
// A is lora_down, B is lora_up. Alpha is kept beside the tensors: in the metadata, or in adapter_config.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "io/safetensors.hpp"

namespace lorikeet::adapters {

enum class LoraTensor { Down, Up, Alpha };
struct LoraName {
    std::string layer;  // as kohya names it
    LoraTensor what = LoraTensor::Down;
};
// Nothing for a name of another layout.
std::optional<LoraName> parse_peft_name(std::string_view name);

// What a configuration says about strength.
struct PeftConfig {
    std::map<std::string, double> alpha;                           // by part: "unet", "text_encoder"; "": any
    std::map<std::string, std::map<std::string, double>> pattern;  // by part: a layer's name to its own alpha
    bool by_root = false;                                          // scale = alpha / sqrt(rank)
    std::string
        dora;  // where it says that the LoRA is a DoRA: "use_dora is true in adapter_config.json"; else empty

    // The alpha for which alpha / rank is the scale of the layer; nothing when it is not said.
    std::optional<double> alpha_of(std::string_view layer, std::int64_t rank) const;
};
// From diffusers' entry of the metadata, or adapter_config.json in the folder of `lora`; where neither is there, empty.
// Throws   Error{Corrupt} when it is there and cannot be read, or holds an entry about the strength that is of another kind than
//          it should be. The message names the file, or the entry of the metadata, and the field.
PeftConfig read_peft_config(const base::Path& lora, const io::Metadata& metadata);

}  // namespace lorikeet::adapters
