#include "data/feature_cache.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::data {
namespace {

bool is_sound(const at::Tensor& t) {
    return t.defined() && t.dim() == 3 && t.scalar_type() == at::kFloat && t.numel() > 0;
}

}  // namespace

FeatureCache::FeatureCache(base::Path folder, std::string vae_identity)
    : store_(std::move(folder)), vae_identity_(std::move(vae_identity)) {}

std::string FeatureCache::key(const std::string& image_sha256, const Crop& crop, Mirrored mirrored,
                              const std::string& colours) const {
    auto made_from = fmt::format(
        "lorikeet feature 1\n{}\n{}x{}\n{}\n{}\n{}\n", image_sha256, crop.size.width_px, crop.size.height_px,
        mirrored == Mirrored::Yes ? "mirrored" : "as is", vae_identity_, kTransformVersion);
    if (!colours.empty()) made_from += colours + "\n";
    if (crop.resized != cover(crop.image, crop.size))  // else told by the size
        made_from += fmt::format("resized {}x{}\n", crop.resized.width_px, crop.resized.height_px);
    return base::sha256(made_from);
}

std::optional<CachedLatents> FeatureCache::find(const std::string& key) const {
    const auto entry = store_.find(key);
    if (!entry || !entry->contains("mean") || !entry->contains("std")) return std::nullopt;
    CachedLatents moments{entry->at("mean"), entry->at("std")};
    if (!is_sound(moments.mean) || !is_sound(moments.std) || moments.mean.sizes() != moments.std.sizes())
        return std::nullopt;
    return moments;
}

EntryState FeatureCache::look_up(const std::string& key) const {
    if (find(key)) {
        store_.mark_as_used(key);
        return EntryState::Sound;
    }
    std::error_code absent;
    return std::filesystem::exists(file_of(key), absent) ? EntryState::Damaged : EntryState::Missing;
}

void FeatureCache::keep(const std::string& key, const CachedLatents& moments,
                        const MadeFrom& made_from) const {
    const tensor::NamedTensors tensors{{"mean", moments.mean.to(at::kCPU, at::kFloat)},
                                       {"std", moments.std.to(at::kCPU, at::kFloat)}};
    base::expects(is_sound(tensors.at("mean")) && is_sound(tensors.at("std")), "moments are [C, h, w]");
    store_.keep(key, tensors, made_from);
}

}  // namespace lorikeet::data
