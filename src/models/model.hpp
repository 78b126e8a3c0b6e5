// A model as everything above this floor knows it, whatever its family is made of: text encoders, a denoising network, a VAE.
//
// Each family implements it once (models/stable_diffusion.hpp) and is one row of a table (models/family.hpp).
//
// Shapes   pixels [B, 3, H, W] in [-1, 1];  latents and x [B, C, h, w], C and the factor as spec().latents() says;
//          times [B], of the dtype that the family's process draws;  ids [B, ...] each.
// Throws   ensure(): Error{Corrupt} naming weights that are missing, of another shape, or not finite.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "models/latents.hpp"
#include "models/part_files.hpp"
#include "models/spec.hpp"
#include "models/text_options.hpp"
#include "models/text_states.hpp"
#include "models/token_counter.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::models {

// Frozen weights are laid out for the processor where it gains by that (nn/frozen.hpp), and each part of the model is
// read only when it is asked for. Plain ones are there at once, and can be read, changed and saved.
enum class WeightsAre { Plain, Frozen };

struct LoadOptions {
    at::ScalarType unet = at::kFloat;
    at::ScalarType text = at::kFloat;
    at::ScalarType vae = at::kFloat;
    at::Device device = at::kCPU;
    at::Device stands_for = at::kCPU;  // where `device` is meta: the one that is rehearsed
    WeightsAre weights = WeightsAre::Plain;
    std::vector<Part> trained =
        {};                    // parts whose own weights are moved: plain float32 copies, whatever others are
    bool texts_later = false;  // the text encoders are read by ensure(Part::Text), if they are wanted at all
    PartFiles files = {};      // of their own: each takes the place of the checkpoint's own parts
    std::optional<base::Path> vocabulary = {};  // of the tokenizer; unset: the one that comes along
};

bool is_trained(const LoadOptions& options, Part part);
at::ScalarType type_for(const LoadOptions& options, Part part);

// Where a layer's weight lies in the checkpoint: a tensor, or one of `parts` equal parts of it, along its first side.
struct WeightPlace {
    std::string name;
    std::int64_t part = 0;
    std::int64_t parts = 1;
};

// Layers that take adapters, with their names in LoRA files. Paths are those that `visit` gives.
struct AdapterPart {
    Part part = Part::Unet;  // Text or Unet: the halves that have learning rates of their own
    std::function<void(nn::Visitor&)> visit;
    std::function<std::string(const std::string& path)> name;
    std::function<std::string(const std::string& path)> alias;  // in files of other programs; empty: none
    std::function<WeightPlace(const std::string& path)> place;
};

// Adapters hold on to the layers, so a model stays where it was made.
class Model {
  public:
    virtual ~Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    virtual const Spec& spec() const = 0;
    const ModelSource& source() const { return source_; }
    const LoadOptions& options() const {
        return options_;
    }  // how it was loaded, and how a part is loaded again

    // Lets a part's weights go, or reads them again; either does nothing where that is so already. The layers stay where
    // they are, with their adapters.
    virtual bool has(Part part) const = 0;
    virtual void ensure(Part part) = 0;
    void release(Part part);
    virtual void visit(Part part, nn::Visitor& visitor) = 0;
    // Text encoders first, as LoRA files and optimizers have them. What they call borrows the model.
    virtual std::vector<AdapterPart> adapter_parts() = 0;

    // Captions in two steps: words to numbers, on the processor, and those to states, where the text encoders are.
    virtual const TokenCounter& token_counter() const = 0;
    virtual std::vector<at::Tensor> tokenize(std::span<const std::string> captions,
                                             const TextOptions& options) const = 0;
    virtual TextStates read(std::span<const at::Tensor> ids, std::int64_t clip_skip) const = 0;
    TextStates read_captions(std::span<const std::string> captions, std::int64_t clip_skip,
                             const TextOptions& options) const;
    // Of the text encoders' weights, by the file; nothing is loaded for it.
    virtual std::string text_identity() const = 0;

    // What the network predicts for noisy latents. `sizes` [B, 6] (data/size_hint.hpp) is read where reads_sizes().
    virtual at::Tensor predict(const at::Tensor& x, const at::Tensor& times, const TextStates& text,
                               const at::Tensor& sizes) const = 0;
    virtual bool reads_sizes() const { return false; }
    // What predict() computes in.
    virtual at::ScalarType compute_type() const { return options_.unet; }

    // Latents as the VAE has them; either loads its half of the VAE. What it makes NaN of in half precision is done again in
    // float32: encode() does so from then on, and `tell` hears of it once; decode() for this image alone.
    using Tell = std::function<void(std::string)>;
    LatentDistribution encode(const at::Tensor& pixels, const Tell& tell = {});
    at::Tensor decode(const at::Tensor& latents);
    // Latents of the VAE as the network takes them, and back.
    virtual at::Tensor scaled(const at::Tensor& latents) const;
    virtual at::Tensor unscaled(const at::Tensor& latents) const;
    // SHA-256 over the VAE's weights: latents of two VAEs are never mixed up.
    virtual std::string vae_identity() const = 0;

  protected:
    Model() = default;
    virtual LatentDistribution encode_once(const at::Tensor& pixels) const = 0;
    virtual at::Tensor decode_once(const at::Tensor& latents) const = 0;
    // By a decoder of its own in float32.
    virtual at::Tensor decode_in_float32(const at::Tensor& latents) const = 0;

    ModelSource source_;
    LoadOptions options_;
};

// Loads a checkpoint of any family of the table.
// Throws   what spec_of throws; Error{Corrupt} naming weights that are missing, of another shape, or not finite: frozen ones
//          when their part is read, in ensure().
std::unique_ptr<Model> load_model(const base::Path& checkpoint, const LoadOptions& options = {});
// The same where its spec was read, with the files of the options: the checkpoint is not identified again.
std::unique_ptr<Model> load_model(const Spec& spec, const base::Path& checkpoint, const LoadOptions& options);

// The tensors of a checkpoint that no part of the model wants, told from its header alone. A part of its own is none of them
// where one of the `files` takes its place.
// Throws   what load_model throws for missing weights.
std::vector<std::string> unused_in(const base::Path& checkpoint, const PartFiles& files = {});

}  // namespace lorikeet::models
