#include "models/random_checkpoint.hpp"

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "models/clip_text.hpp"
#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "models/stable_diffusion_family.hpp"
#include "models/unet.hpp"
#include "models/vae.hpp"
#include "nn/visitors.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

// Keeps activations of the full-size model near one through all of its layers.
constexpr double kGain = 1.0;

// Random weights of one part, below `prefix`, added to `tensors`.
template <class Part>
void add_part(tensor::NamedTensors& tensors, Part part, std::string_view prefix, nn::InitWeights& init) {
    part.visit(init);
    nn::CollectWeights collect;
    part.visit(collect);
    for (auto& [name, weight] : collect.tensors) tensors[std::string(prefix) + name] = weight;
}

// The second tower of SDXL, where q, k and v of a layer lie in one tensor.
void add_open_clip(tensor::NamedTensors& tensors, ClipText part, const std::string& prefix,
                   nn::InitWeights& init) {
    part.visit(init);
    nn::CollectWeights collect;
    part.visit(collect);
    std::map<std::string, std::vector<at::Tensor>> thirds;
    for (auto& [path, weight] : collect.tensors) {
        const auto place = text_place({prefix, TextNames::OpenClip}, path);
        if (place.third < 0) {
            tensors[place.name] = weight;
            continue;
        }
        auto& three = thirds[place.name];
        three.resize(3);
        three[static_cast<std::size_t>(place.third)] = weight;
    }
    for (const auto& [name, three] : thirds) tensors[name] = at::cat(three);
}

io::Metadata metadata_of(const StableDiffusionSpec& spec) {
    io::Metadata metadata{
        {"lorikeet.unet.groups", std::to_string(spec.unet.groups)},
        {"lorikeet.text.heads", std::to_string(spec.texts.front().heads)},
        {"lorikeet.vae.groups", std::to_string(spec.vae.groups)},
        {"lorikeet.latent_scale", fmt::format("{}", spec.latent_scale)},
        {"lorikeet.native_size", std::to_string(spec.native_size_px)},
        {"modelspec.prediction_type", spec.prediction == settings::Prediction::Velocity ? "v" : "epsilon"}};
    if (spec.unet.head_width > 0)
        metadata["lorikeet.unet.head_width"] = std::to_string(spec.unet.head_width);
    else
        metadata["lorikeet.unet.heads"] = std::to_string(spec.unet.heads);
    if (spec.texts.size() > 1) metadata["lorikeet.text2.heads"] = std::to_string(spec.texts.back().heads);
    return metadata;
}

}  // namespace

StableDiffusionSpec tiny_sdxl_spec() {
    auto spec = tiny_sd1_spec();
    spec.family = &sdxl();
    spec.unet.depths = {0, 2};
    spec.unet.middle_depth = 2;
    spec.unet.heads = UnetSpec{}.heads;  // not read
    spec.unet.head_width = 16;
    spec.unet.projection = nn::Projection::Linear;
    spec.texts = {{.layers = 2, .width = 32, .heads = 2, .mlp = 64},
                  {.layers = 3,
                   .width = 48,
                   .heads = 3,
                   .mlp = 96,
                   .projection = 40,
                   .gelu = Gelu::Exact,
                   .pad_id = 0}};
    spec.unet.context_width = 32 + 48;
    spec.unet.vector_width = 40 + 6 * 16;
    spec.latent_scale = 0.13025;
    return spec;
}

StableDiffusionSpec tiny_sd1_spec() {
    StableDiffusionSpec spec;
    spec.unet.widths = {32, 64};
    spec.unet.depths = {1, 1};
    spec.unet.blocks = 1;
    spec.unet.heads = 4;
    spec.unet.groups = 8;
    spec.unet.context_width = 64;
    spec.vae.widths = {16, 32, 32};
    spec.vae.blocks = 1;
    spec.vae.groups = 8;
    spec.texts = {{.layers = 2, .width = 64, .heads = 4, .mlp = 128}};
    spec.native_size_px = 64;
    return spec;
}

void save_random_checkpoint(const base::Path& path, const StableDiffusionSpec& spec, at::ScalarType dtype,
                            std::uint64_t seed) {
    tensor::NamedTensors tensors;
    nn::InitWeights init(seed, kGain, dtype);
    const bool two = spec.texts.size() > 1;
    add_part(tensors, ClipText(spec.texts.front()),
             two ? "conditioner.embedders.0.transformer." : "cond_stage_model.transformer.", init);
    if (two) add_open_clip(tensors, ClipText(spec.texts.back()), "conditioner.embedders.1.model.", init);
    add_part(tensors, Unet(spec.unet), kUnetPrefix, init);
    add_part(tensors, Vae(spec.vae), kVaePrefix, init);
    tensor::save_tensors(path, tensors, metadata_of(spec));
}

}  // namespace lorikeet::models
