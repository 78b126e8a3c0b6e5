// [model]: what the adapter is trained on.
#pragma once

#include <cstdint>
#include <string>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class Prediction { Auto, Epsilon, Velocity };
constexpr Choice say(Prediction choice) {
    switch (choice) {
        case Prediction::Auto: return {"auto", "As the file says; epsilon where it says nothing."};
        case Prediction::Epsilon: return {"epsilon", "The noise: almost every model."};
        case Prediction::Velocity:
            return {"velocity", "Noise and picture mixed (v-prediction): models trained so."};
    }
    return {};
}

struct Model {
    std::string checkpoint = "tiny";  // a .safetensors file, or "tiny": the small model that comes along
    std::string vae;                  // another VAE's file; empty: the checkpoint's own
    Prediction prediction = Prediction::Auto;  // what the U-Net guesses; Auto: as the file says, else epsilon
    std::int64_t clip_skip = 1;                // 1: the last layer of the text tower; 2: the one before
    std::int64_t max_tokens = 75;              // 75, 150 or 225 words of a caption are read
};

void describe(Section<Model>& section);

}  // namespace lorikeet::settings
