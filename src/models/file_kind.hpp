// What a file of weights is, told from the names and shapes in it.
#pragma once

#include <string>
#include <string_view>

#include "io/safetensors.hpp"
#include "models/family.hpp"

namespace lorikeet::models {

enum class FileKind {
    Checkpoint,            // of a family of the table (models/family.hpp): it can be trained on
    StableDiffusion1Edit,  // inpainting, depth, instruct: more than four channels go into the UNet
    StableDiffusion2,
    SdxlRefiner,
    StableDiffusion3,
    Flux,
    Edm,        // Playground 2.5 and others, which noise is added to by another rule
    KohyaLora,  // a plain LoRA or LoCon, also in the layouts of peft and diffusers
    Dora,
    Loha,
    Lokr,
    Oft,
    FullDifference,
    TuckerLocon,
    MixedAdapter,  // layers of several of these
    OtherAdapter,
    DiffusersPart,
    Vae,
    TextEncoder,
    Embedding,
    ControlNet,
    Unknown,
};

struct FileIdentity {
    FileKind kind = FileKind::Unknown;
    const Family* family = nullptr;  // of a Checkpoint
    std::string_view name() const;   // "a Stable Diffusion XL checkpoint": fits after "This is"
};
// Reads the header alone.
FileIdentity identify(const io::SafetensorsFile& file);
// Of what is no checkpoint of a family.
std::string_view name_of(FileKind kind);
// What to do when a checkpoint to train on was wanted; a sentence. Empty for such a checkpoint.
std::string hint_for(FileKind kind);

// Whether a LoRA holds layers outside of the transformers, as a LoCon does.
bool has_convolutions(const io::SafetensorsFile& file);

// The family of models that a LoRA is for, as models are named: "Stable Diffusion XL". Told from its
// names, and from what the UNet attends to where names are the same. Empty when they do not tell.
std::string_view family_of_lora(const io::SafetensorsFile& file);
// "Flux", "Stable Diffusion 3": transformers that the table does not have, by the names of their LoRAs; empty otherwise.
std::string_view transformer_of_lora(const io::SafetensorsFile& file);

}  // namespace lorikeet::models
