#include "models/random_checkpoint.hpp"

#include <string>

#include <fmt/format.h>

#include "models/clip_text.hpp"
#include "models/layout.hpp"
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

io::Metadata metadata_of(const Spec& spec) {
    return {
        {"lorikeet.unet.heads", std::to_string(spec.unet.heads)},
        {"lorikeet.unet.groups", std::to_string(spec.unet.groups)},
        {"lorikeet.text.heads", std::to_string(spec.text.heads)},
        {"lorikeet.vae.groups", std::to_string(spec.vae.groups)},
        {"lorikeet.latent_scale", fmt::format("{}", spec.latent_scale)},
        {"lorikeet.native_size", std::to_string(spec.native_size_px)},
        {"modelspec.prediction_type", spec.prediction == settings::Prediction::Velocity ? "v" : "epsilon"}};
}

}  // namespace

Spec sd1_spec() { return {}; }

Spec tiny_sd1_spec() {
    Spec spec;
    spec.unet.widths = {32, 64};
    spec.unet.depths = {1, 1};
    spec.unet.blocks = 1;
    spec.unet.heads = 4;
    spec.unet.groups = 8;
    spec.unet.context_width = 64;
    spec.vae.widths = {16, 32, 32};
    spec.vae.blocks = 1;
    spec.vae.groups = 8;
    spec.text.layers = 2;
    spec.text.width = 64;
    spec.text.heads = 4;
    spec.text.mlp = 128;
    spec.native_size_px = 64;
    return spec;
}

void save_random_checkpoint(const base::Path& path, const Spec& spec, at::ScalarType dtype,
                            std::uint64_t seed) {
    tensor::NamedTensors tensors;
    nn::InitWeights init(seed, kGain, dtype);
    add_part(tensors, ClipText(spec.text), "cond_stage_model.transformer.", init);
    add_part(tensors, Unet(spec.unet), kUnetPrefix, init);
    add_part(tensors, Vae(spec.vae), kVaePrefix, init);
    tensor::save_tensors(path, tensors, metadata_of(spec));
}

}  // namespace lorikeet::models
