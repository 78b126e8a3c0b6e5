// [model]: what the adapter is trained on.
#pragma once

#include <cstdint>
#include <string>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class Prediction { Auto, Epsilon, Velocity };
constexpr Choice say(Prediction choice) {
    switch (choice) {
        case Prediction::Auto: return {"auto", "Detected from the checkpoint; epsilon if it does not say."};
        case Prediction::Epsilon: return {"epsilon", "The noise, as almost every model does."};
        case Prediction::Velocity:
            return {"velocity", "Velocity (v-prediction), for models trained with it."};
    }
    return {};
}

enum class ZeroSnr { Auto, On, Off };
constexpr Choice say(ZeroSnr choice) {
    switch (choice) {
        case ZeroSnr::Auto: return {"auto", "Detected from the checkpoint; off if it does not say."};
        case ZeroSnr::On: return {"on", "For a v-prediction model trained with it."};
        case ZeroSnr::Off: return {"off", "As in almost every model."};
    }
    return {};
}
enum class VaePrecision { Auto, Float32, Bfloat16 };
constexpr Choice say(VaePrecision choice) {
    switch (choice) {
        case VaePrecision::Auto:
            return {"auto",
                    "float32; for SDXL, whose images are large, as train.precision, unless that is float16."};
        case VaePrecision::Float32: return {"float32", "Exact; twice the memory."};
        case VaePrecision::Bfloat16: return {"bfloat16", "Half the memory and faster."};
    }
    return {};
}

enum class TextCleaning { Auto, Clip, None };
constexpr Choice say(TextCleaning choice) {
    switch (choice) {
        case TextCleaning::Auto: return {"auto", "As CLIP. A run of an older version goes on without."};
        case TextCleaning::Clip:
            return {"clip", "As in CLIP's training: curly quotes straight, HTML entities decoded."};
        case TextCleaning::None: return {"none", "Read as written, in lower case."};
    }
    return {};
}

struct Model {
    std::string checkpoint = "tiny";  // a .safetensors file, or "tiny": the small model that is included
    std::string vae;                  // another VAE's file; empty: the checkpoint's own
    Prediction prediction =
        Prediction::Auto;              // what the U-Net predicts; Auto: as the file says, else epsilon
    ZeroSnr zero_snr = ZeroSnr::Auto;  // whether the last timestep is noise alone
    VaePrecision vae_precision = VaePrecision::Auto;
    std::int64_t clip_skip = 1;    // 1: the last layer of the text tower; 2: the one before
    std::int64_t max_tokens = 75;  // 75, 150 or 225 words of a caption are read
    TextCleaning text_cleaning = TextCleaning::Auto;  // of captions and prompts (models/text_cleaning.hpp)
    bool token_padding = true;  // captions are filled up to max_tokens, else to the longest of the batch
};

void describe(Section<Model>& section);

}  // namespace lorikeet::settings
