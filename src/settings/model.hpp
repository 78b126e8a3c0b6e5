// [model]: what the adapter is trained on.
#pragma once

#include <cstdint>
#include <string>

namespace lorikeet::settings {

enum class Prediction { Auto, Epsilon, Velocity };

struct Model {
    std::string checkpoint = "tiny";  // a .safetensors file, or "tiny": the small model that comes along
    std::string vae;                  // another VAE's file; empty: the checkpoint's own
    Prediction prediction = Prediction::Auto;  // what the U-Net guesses; Auto: as the file says, else epsilon
    std::int64_t clip_skip = 1;                // 1: the last layer of the text tower; 2: the one before
    std::int64_t max_tokens = 75;              // 75, 150 or 225 words of a caption are read
};

}  // namespace lorikeet::settings
