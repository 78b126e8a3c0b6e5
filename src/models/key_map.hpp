// What one weight is called in the layouts that are about: the checkpoint's own (CompVis, "LDM"), diffusers',
// OpenCLIP's, and kohya's names of LoRA modules, which are made of diffusers' paths for Stable Diffusion 1.x and of the
// checkpoint's own for XL.
//
// Paths are those of a layer ("input_blocks.1.1.proj_in") or of a weight ("input_blocks.1.1.proj_in.weight"),
// without the prefix of the part they belong to.
//
// Source   training-semantics of sd-scripts 0.10.1, library/model_util.py, and diffusers 0.32.1.
// Golden   tests/golden/unet_keys.safetensors, sdxl_keys.safetensors
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "models/layout.hpp"
#include "models/unet_stages.hpp"

namespace lorikeet::models {

// The path in diffusers' UNet2DConditionModel.
// Throws   Error{Internal} for a path that no UNet has.
std::string unet_to_diffusers(const UnetSpec& spec, std::string_view ldm);

// "lora_unet_" and diffusers' path with underscores: how kohya's files name a LoRA module of the UNet.
std::string kohya_unet_name(const UnetSpec& spec, std::string_view ldm);
// "lora_te_" and the path of transformers' CLIPTextModel, which is the checkpoint's own.
std::string kohya_text_name(std::string_view path);
// The same of SDXL: "lora_unet_" and the checkpoint's own path; "lora_te1_" and "lora_te2_" for its two towers.
std::string kohya_sdxl_unet_name(std::string_view ldm);
std::string kohya_sdxl_text_name(std::size_t tower, std::string_view path);

// Where a weight of a text tower lies in a file.
struct TextPlace {
    std::string name;
    std::int64_t third = -1;  // OpenCLIP keeps q, k and v in one tensor: which third of it; -1: all of it
};
// From its path in transformers' layout: "text_model.encoder.layers.0.mlp.fc1.weight".
TextPlace text_place(const TextLayout& layout, std::string_view path);

// The way back: every path of diffusers' layout (layers and weights) to the checkpoint's own.
std::map<std::string, std::string> unet_from_diffusers(const UnetSpec& spec);

// The path in diffusers' AutoencoderKL of `levels` resolutions, from the path below first_stage_model.
std::string vae_to_diffusers(std::int64_t levels, std::string_view ldm);

}  // namespace lorikeet::models
