// Tiny random checkpoints of Stable Diffusion 1.x and XL, for the tests of every floor above models.
#pragma once

#include "models/random_checkpoint.hpp"
#include "models/stable_diffusion.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::support {

// Written once for each test program: 64 px, a VAE of factor 4, a UNet of two levels, float32.
inline const base::Path& tiny_checkpoint() {
    static const TempFolder folder;
    static const base::Path path = [] {
        const auto file = folder.path() / "tiny.safetensors";
        models::save_random_checkpoint(file, models::tiny_sd1_spec(), at::kFloat, 1);
        return file;
    }();
    return path;
}

inline const base::Path& tiny_sdxl_checkpoint() {
    static const TempFolder folder;
    static const base::Path path = [] {
        const auto file = folder.path() / "tiny-xl.safetensors";
        models::save_random_checkpoint(file, models::tiny_sdxl_spec(), at::kFloat, 1);
        return file;
    }();
    return path;
}

// The model as what it is, for tests that look into it.
inline models::StableDiffusion& stable_diffusion(models::Model& model) {
    return dynamic_cast<models::StableDiffusion&>(model);
}

}  // namespace lorikeet::support
