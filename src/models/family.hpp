// The families of models: what belongs to a family and is not told by the shapes in a file, one row each. What is asked of a
// family anywhere is asked here; only models/spec reads files by family.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/file_kind.hpp"
#include "models/unet_stages.hpp"

namespace lorikeet::models {

enum class Family { StableDiffusion1, Sdxl };

// Layers by their names in kohya's LoRA files. Paths are those of the parts' visitors.
struct LayerNames {
    std::string (*of_text)(std::size_t encoder, std::string_view path);
    std::string (*of_unet)(const UnetSpec& spec, std::string_view path);
    // Other names that some programs give the same layers; empty: none. The functions may be null.
    std::string (*also_of_text)(std::size_t encoder, std::string_view path);
    std::string (*also_of_unet)(const UnetSpec& spec, std::string_view path);
};

// What trains a model well where a job leaves it open. Views: how often images are seen in the whole run.
struct UsualTraining {
    std::int64_t batch, rank;
    double alpha_of_rank, lr, text_lr;
    std::int64_t views_of_an_image, fewest_views, most_views;
};

struct FamilyFacts {
    Family family;
    std::string_view name;        // "Stable Diffusion 1.x"
    std::string_view short_name;  // "SDXL"
    FileKind checkpoint;          // what what_is() calls its checkpoints
    double latent_scale;          // where a file does not tell
    std::int64_t native_size_px;  // the same
    std::size_t text_encoders;
    bool
        skips_last_text_layer;  // its U-Net always reads the states before the last layer: clip skip has no effect
    bool in_16_bits;  // too large for float32 without being asked: samples, and the VAE beside a 16-bit U-Net
    LayerNames layers;
    UsualTraining usual;
    // As LoRA files tell it.
    std::string_view kohya_version;   // ss_base_model_version
    std::string_view architecture;    // modelspec.architecture, without the adapter
    std::string_view implementation;  // modelspec.implementation
};

std::span<const FamilyFacts> families();
const FamilyFacts& facts_of(Family family);
inline std::string_view name_of(Family family) { return facts_of(family).name; }
// nullptr where no family has such checkpoints, or such a name.
const FamilyFacts* family_of(FileKind checkpoint);
const FamilyFacts* family_named(std::string_view name);

}  // namespace lorikeet::models
