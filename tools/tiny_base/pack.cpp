#include "pack.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "base/log.hpp"
#include "bird.hpp"
#include "io/image.hpp"
#include "latents.hpp"
#include "nn/visitors.hpp"
#include "tensor/weights.hpp"
#include "text_stage.hpp"
#include "unet_stage.hpp"
#include "vae_stage.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::int64_t kPortraitPx = 256;

template <typename Model>
void add_part(tensor::NamedTensors& all, const std::string& prefix, Model model) {
    nn::CollectWeights collect;
    model.visit(collect);
    for (const auto& [path, weight] : collect.tensors) all[prefix + path] = weight.to(at::kHalf);
}

}  // namespace

std::string pack(const base::Path& folder, const base::Path& checkpoint) {
    tensor::NamedTensors all;
    add_part(all, "model.diffusion_model.", load_unet(folder));
    add_part(all, "first_stage_model.", load_vae(folder));
    add_part(all, "cond_stage_model.transformer.", load_text(folder));
    std::filesystem::create_directories(checkpoint.parent_path());
    tensor::save_tensors(checkpoint, all,
                         {{"lorikeet.unet.heads", std::to_string(unet_spec().heads)},
                          {"lorikeet.unet.groups", std::to_string(unet_spec().groups)},
                          {"lorikeet.vae.groups", std::to_string(vae_spec().groups)},
                          {"lorikeet.text.heads", std::to_string(text_spec().heads)},
                          {"lorikeet.latent_scale", fmt::format("{:.5f}", load_latents(folder).scale)},
                          {"lorikeet.native_size", std::to_string(kSizePx)},
                          {"modelspec.prediction_type", "v"},
                          {"modelspec.title", "Lorikeet tiny base"},
                          {"modelspec.license", "Apache-2.0"}});
    const auto hash = base::sha256_file(checkpoint);
    base::log_info(fmt::format("{}: {} bytes, SHA-256 {}", checkpoint.string(),
                               std::filesystem::file_size(checkpoint), hash));
    return hash;
}

void draw_lorikeets(const base::Path& folder) {
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const auto& portrait : demo_portraits()) {
        const auto name = fmt::format("lorikeet-{:02}", ++number);
        io::write_png(folder / (name + ".png"), draw_bird(portrait, kPortraitPx).image());
        base::write_whole(folder / (name + ".txt"), caption_of(portrait) + "\n");
    }
}

}  // namespace lorikeet::tiny_base
