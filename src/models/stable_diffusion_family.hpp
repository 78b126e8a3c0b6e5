// The rows of Stable Diffusion 1.x and XL, which one implementation serves (models/stable_diffusion.hpp).
#pragma once

#include <cstdint>

#include "io/safetensors.hpp"
#include "models/family.hpp"

namespace lorikeet::models {

const Family& stable_diffusion_1();
const Family& sdxl();

// What the U-Net of a LoRA attends to, by the first layer that reads the text: 768, 1024, 2048; 0 when there is none.
std::int64_t context_of_lora(const io::SafetensorsFile& file);

}  // namespace lorikeet::models
