#include "models/family.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "models/key_map.hpp"

namespace lorikeet::models {

namespace {

// Some programs name the layers of XL's U-Net and first text encoder as those of Stable Diffusion 1.x are.
std::string first_as_sd1(std::size_t encoder, std::string_view path) {
    return encoder == 0 ? kohya_text_name(path) : std::string();
}

constexpr std::array kFamilies{
    FamilyFacts{.family = Family::StableDiffusion1,
                .name = "Stable Diffusion 1.x",
                .short_name = "Stable Diffusion 1.x",
                .checkpoint = FileKind::StableDiffusion1,
                .latent_scale = 0.18215,
                .native_size_px = 512,
                .text_encoders = 1,
                .skips_last_text_layer = false,
                .in_16_bits = false,
                .layers = {[](std::size_t, std::string_view path) { return kohya_text_name(path); },
                           kohya_unet_name, nullptr, nullptr},
                .usual = {1, 16, 0.5, 5e-4, 1e-4, 100, 1000, 4000},
                .kohya_version = "sd_v1",
                .architecture = "stable-diffusion-v1",
                .implementation = "diffusers"},
    FamilyFacts{.family = Family::Sdxl,
                .name = "Stable Diffusion XL",
                .short_name = "SDXL",
                .checkpoint = FileKind::Sdxl,
                .latent_scale = 0.13025,
                .native_size_px = 1024,
                .text_encoders = 2,
                .skips_last_text_layer = true,
                .in_16_bits = true,
                .layers = {kohya_sdxl_text_name,
                           [](const UnetSpec&, std::string_view path) { return kohya_sdxl_unet_name(path); },
                           first_as_sd1, kohya_unet_name},
                .usual = {1, 16, 0.5, 2e-4, 5e-5, 100, 1000, 4000},
                .kohya_version = "sdxl_base_v1-0",
                .architecture = "stable-diffusion-xl-v1-base",
                .implementation = "https://github.com/Stability-AI/generative-models"},
};

template <class Test>
const FamilyFacts* find(const Test& test) {
    const auto* found = std::find_if(kFamilies.begin(), kFamilies.end(), test);
    return found == kFamilies.end() ? nullptr : found;
}

}  // namespace

std::span<const FamilyFacts> families() { return kFamilies; }

const FamilyFacts& facts_of(Family family) {
    const auto* found = find([&](const auto& facts) { return facts.family == family; });
    base::expects(found != nullptr, "each family has a row");
    return *found;
}

const FamilyFacts* family_of(FileKind checkpoint) {
    return find([&](const auto& facts) { return facts.checkpoint == checkpoint; });
}

const FamilyFacts* family_named(std::string_view name) {
    return find([&](const auto& facts) { return facts.name == name; });
}

}  // namespace lorikeet::models
