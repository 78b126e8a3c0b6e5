#include "data/feature_cache.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::data {
namespace {

constexpr const char* kPayloadKey = "lorikeet.payload_sha256";
constexpr const char* kEntryKey = "lorikeet.feature_key";

bool is_sound(const at::Tensor& t) {
    return t.defined() && t.dim() == 3 && t.scalar_type() == at::kFloat && t.numel() > 0;
}

std::optional<Moments> read_entry(const base::Path& file, const std::string& key) {
    const tensor::WeightFile entry(file);
    const auto value = [&](const char* name) {
        const auto at = entry.metadata().find(name);
        return at == entry.metadata().end() ? std::string() : at->second;
    };
    if (value(kEntryKey) != key) return std::nullopt;
    if (value(kPayloadKey) != base::sha256(entry.file().payload())) return std::nullopt;
    const Moments moments{entry.find("mean"), entry.find("std")};
    if (!is_sound(moments.mean) || !is_sound(moments.std) || moments.mean.sizes() != moments.std.sizes())
        return std::nullopt;
    return moments;
}

}  // namespace

FeatureCache::FeatureCache(base::Path folder, std::string vae_identity)
    : folder_(std::move(folder)), vae_identity_(std::move(vae_identity)) {}

std::string FeatureCache::key(const std::string& picture_sha256, Size size, Mirrored mirrored) const {
    return base::sha256(fmt::format(
        "lorikeet feature 1\n{}\n{}x{}\n{}\n{}\n{}\n", picture_sha256, size.width_px, size.height_px,
        mirrored == Mirrored::Yes ? "mirrored" : "as is", vae_identity_, kTransformVersion));
}

base::Path FeatureCache::file_of(const std::string& key) const {
    return folder_ / key.substr(0, 2) / (key + ".safetensors");
}

std::optional<Moments> FeatureCache::find(const std::string& key) const {
    const auto file = file_of(key);
    std::error_code absent;
    if (!std::filesystem::is_regular_file(file, absent)) return std::nullopt;
    try {
        return read_entry(file, key);
    } catch (const base::Error&) {
        return std::nullopt;  // damaged: made anew and written over
    }
}

void FeatureCache::keep(const std::string& key, const Moments& moments) const {
    const tensor::NamedTensors tensors{{"mean", moments.mean.to(at::kCPU, at::kFloat)},
                                       {"std", moments.std.to(at::kCPU, at::kFloat)}};
    base::expects(is_sound(tensors.at("mean")) && is_sound(tensors.at("std")), "moments are [C, h, w]");
    const auto file = file_of(key);
    std::error_code trouble;
    std::filesystem::create_directories(file.parent_path(), trouble);
    if (trouble)
        base::fail(
            base::ErrorCode::Io,
            fmt::format("Could not make the folder {}: {}.", file.parent_path().string(), trouble.message()),
            "Set data.cache_folder to a folder that may be written to.");
    tensor::save_tensors(file, tensors, {{kEntryKey, key}, {kPayloadKey, tensor::payload_sha256(tensors)}});
}

}  // namespace lorikeet::data
