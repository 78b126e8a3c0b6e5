// Batches: images in their order, as latents, with the captions they are shown with this time.
//
// Threads read ahead; what a batch holds depends on (seed, epoch, index) alone, never on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "data/feature_cache.hpp"
#include "data/kohya_latents.hpp"
#include "data/scan.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

// The VAE, as this floor knows it: pixels [B, 3, H, W] float32 in [-1, 1] to the moments of [B, C, h, w].
// Called from the thread that calls the Loader, never from two at once.
using Encode = std::function<CachedLatents(const at::Tensor& pixels)>;

constexpr const char* kCacheFolderName = ".lorikeet-cache";
// Where what is made of an image is kept.
base::Path cache_folder(const settings::Data& data, const DatasetImage& image);

struct Encoder {
    Encode encode;
    // Names the VAE and how it computes now; it may change while images are encoded, and is asked for before and after
    // each. Called from the same thread as `encode`.
    std::function<std::string()> vae_identity;
    std::string name{};   // the VAE's file, for people
    KohyaFormat kohya{};  // of latents by sd-scripts that would fit
};

struct Batch {
    CachedLatents latents;  // [B, C, h, w] float32 on the CPU, unscaled
    at::Tensor sizes;       // [B, 6] float32 on the CPU, see size_hint.hpp
    at::Tensor weights;     // [B] float32 on the CPU, of their losses; undefined where all count the same
    at::Tensor masks;       // [B, 1, h, w] float32 on the CPU; undefined where no image of the job is masked
    std::vector<std::string> captions;  // B of them
    std::vector<std::size_t> images;    // indices into the scan's images
    std::vector<Mirrored> mirrored;
    std::int64_t epoch = 0;
    std::int64_t index = 0;
};

// The memory that images take at the most while they are read ahead: some are decoded, others wait as pixels.
std::int64_t reading_bytes(const std::vector<DatasetImage>& images, const settings::Data& data);

class Loader {
  public:
    // Throws Error{InvalidInput} when there is no image.
    Loader(std::vector<DatasetImage> images, const settings::Data& data, std::uint64_t seed, Encoder encoder);
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    std::int64_t batches_per_epoch() const;
    std::int64_t draws_per_epoch() const;
    const std::vector<DatasetImage>& images() const;

    struct Filled {
        std::size_t found = 0;    // entries that were there
        std::size_t encoded = 0;  // entries made now
        std::size_t damaged = 0;  // of these: entries that were there and could not be used
        std::size_t kohya = 0;    // images whose latents sd-scripts made: they are among those found
        std::map<std::string, std::vector<std::string>> kohya_refused;  // why not: names of images
    };
    // Encodes whatever the cache lacks; with cache_latents = false it does nothing. To be called before the
    // first batch. A stop asked for leaves what is done so far for the next time. Throws Error{Interrupted};
    // Error{NotFinite} naming an image whose latent is not finite; what decoding throws.
    Filled fill_cache(const OnProgress& on_progress, const base::Cancel& cancel);

    // The keys of the entries that fill_cache would look for, for each of these identities of a VAE. Reads every image's
    // bytes. Throws Error{Interrupted}, Error{NotFound}.
    std::set<std::string> cache_keys(const std::vector<std::string>& vae_identities,
                                     const base::Cancel& cancel) const;

    // Any epoch and index from 0, in any sequence; in turn is fastest, since the next ones are read ahead.
    Batch batch(std::int64_t epoch, std::int64_t index);
    // How long batch() took since this was asked last.
    double take_waited_seconds();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lorikeet::data
