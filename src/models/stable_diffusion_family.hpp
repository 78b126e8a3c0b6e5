// The rows of Stable Diffusion 1.x and XL, which one implementation serves (models/stable_diffusion.hpp).
#pragma once

#include <cstdint>
#include <string_view>

#include "io/safetensors.hpp"
#include "models/family.hpp"
#include "models/tensor_names.hpp"

namespace lorikeet::models {

const Family& stable_diffusion_1();
const Family& sdxl();

// Marks of checkpoints in CompVis's layout, by which families and kinds of files are told apart.
inline constexpr std::string_view kFirstConv = "model.diffusion_model.input_blocks.0.0.weight";
inline constexpr std::string_view kJointBlocks = "model.diffusion_model.joint_blocks.";  // Stable Diffusion 3
inline constexpr std::string_view kDoubleBlocks = "model.diffusion_model.double_blocks.";  // Flux
inline constexpr std::string_view kEdm = "edm_";
inline constexpr std::string_view kOpenClipText = "cond_stage_model.model.";  // Stable Diffusion 2
// Whether the U-Net takes a vector of the whole caption and of sizes: SDXL and its refiner.
bool takes_vector(const TensorNames& names);
// The width of the text that the U-Net attends to; 0 when it is not told.
std::int64_t context_of(const TensorNames& names);
inline constexpr std::int64_t kSd1Context = 768, kSd2Context = 1024, kSdxlContext = 2048,
                              kRefinerContext = 1280;

// What the U-Net of a LoRA attends to, by the first layer that reads the text: 768, 1024, 2048; 0 when there is none.
std::int64_t context_of_lora(const io::SafetensorsFile& file);

}  // namespace lorikeet::models
