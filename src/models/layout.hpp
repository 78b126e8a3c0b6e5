// Where the parts of a model lie in a file, and under which names: checkpoints are about in several layouts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/safetensors.hpp"

namespace lorikeet::models {

inline constexpr std::string_view kUnetPrefix = "model.diffusion_model.";
inline constexpr std::string_view kVaePrefix = "first_stage_model.";

enum class TextNames { Transformers, OpenClip };
struct TextLayout {
    std::string prefix;  // before "embeddings..."; OpenCLIP: before "transformer.resblocks..."
    TextNames names = TextNames::Transformers;
};
// One for each text tower: Stable Diffusion 1.x has one, XL two. Some early merges lack the word "text_model".
std::vector<TextLayout> text_layouts(const io::SafetensorsFile& file);

enum class VaeNames { CompVis, Diffusers };
struct VaeLayout {
    std::string prefix;  // empty in a VAE's own file
    VaeNames names = VaeNames::CompVis;
};
// Nothing when the file holds no VAE.
std::optional<VaeLayout> vae_layout(const io::SafetensorsFile& file);

// True for what checkpoints carry besides weights that are used: schedules, position numbers, the VAE's training loss.
// Its absence or presence is no news.
bool is_ballast(std::string_view name);

// What is left of a checkpoint that no part of the model wanted, in groups and one sentence: EMA copies, states of an
// optimizer, tensors of a LoRA, unknown ones. Empty when there is nothing.
std::string words_for_unused(const std::vector<std::string>& names);

}  // namespace lorikeet::models
