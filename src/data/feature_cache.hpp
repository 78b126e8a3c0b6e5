// Latents kept on disk, so that the VAE looks at each image once.
//
// An entry is found by what it was made from: the bytes of the image, the crop, the mirroring, the VAE and
// the transform. Whatever changes, the old entry is no longer asked for; so there is nothing to invalidate,
// and a stale latent cannot be served.
//
// An entry (entry_store.hpp) holds `mean` and `std`, both [C, h, w] float32.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "data/entry_store.hpp"
#include "data/transform.hpp"

namespace lorikeet::data {

// The posterior that the VAE gives for an image: latents are mean + std * noise, drawn again each time.
// Shapes   both [C, h, w], or [B, C, h, w] for many.   Dtype  float32.
struct CachedLatents {
    at::Tensor mean;
    at::Tensor std;
};

enum class Mirrored { No, Yes };

class FeatureCache {
  public:
    // `vae_identity` names the VAE's weights and how they compute: a SHA-256 of them and the dtype.
    FeatureCache(base::Path folder, std::string vae_identity);

    // `colours` is Image::colours.
    std::string key(const std::string& image_sha256, const Crop& crop, Mirrored mirrored,
                    const std::string& colours = {}) const;
    // Nothing when it is not there or damaged.
    std::optional<CachedLatents> find(const std::string& key) const;
    // True for an entry that find() would give.
    bool has(const std::string& key) const { return find(key).has_value(); }
    // As EntryStore::look_up.
    EntryState look_up(const std::string& key) const;
    // Throws Error{Io}, Error{NoSpace}. Safe against others that write the same entry.
    void keep(const std::string& key, const CachedLatents& moments, const MadeFrom& made_from = {}) const;
    base::Path file_of(const std::string& key) const { return store_.file_of(key); }
    const std::string& vae_identity() const { return vae_identity_; }

  private:
    EntryStore store_;
    std::string vae_identity_;
};

}  // namespace lorikeet::data
