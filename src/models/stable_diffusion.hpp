// Stable Diffusion 1.x and XL in memory: one or two text towers, a U-Net, a VAE and CLIP's tokenizer.
//
// Weights are read from the mapped file, each once, looked through for NaN and infinity, given their scale where they have
// one (quantized.hpp), and cast one by one; those that are wanted as they lie there are not copied at all: they are
// read-only, and clone() comes before writing. None asks for a gradient.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "models/clip_text.hpp"
#include "models/conditioning.hpp"
#include "models/model.hpp"
#include "models/stable_diffusion_spec.hpp"
#include "models/tokenizer.hpp"
#include "models/unet.hpp"
#include "models/vae.hpp"

namespace lorikeet::models {

class StableDiffusion final : public Model {
  public:
    // Layers without weights. The tokenizer is read when it is first asked for, from options().vocabulary.
    explicit StableDiffusion(const StableDiffusionSpec& spec);

    const StableDiffusionSpec& spec() const override { return spec_; }
    bool has(Part part) const override;
    void ensure(Part part) override;
    void visit(Part part, nn::Visitor& visitor) override;
    std::vector<AdapterPart> adapter_parts() override;

    const TokenCounter& token_counter() const override { return tokenizer(); }
    std::vector<at::Tensor> tokenize(std::span<const std::string> captions,
                                     const TextOptions& options) const override;
    TextStates read(std::span<const at::Tensor> ids, std::int64_t clip_skip) const override;
    std::string text_identity() const override;

    at::Tensor predict(const at::Tensor& x, const at::Tensor& times, const TextStates& text,
                       const at::Tensor& sizes) const override;
    bool reads_sizes() const override { return spec_.unet.vector_width > 0; }
    at::ScalarType compute_type() const override;
    std::string vae_identity() const override;

    const Tokenizer& tokenizer() const;

    // The parts themselves, for those who know that it is this model.
    Unet unet;
    Vae vae;
    std::vector<ClipText> texts;  // as many as the spec's

  private:
    LatentDistribution encode_once(const at::Tensor& pixels) const override { return vae.encode(pixels); }
    at::Tensor decode_once(const at::Tensor& latents) const override { return vae.decode(latents); }
    at::Tensor decode_in_float32(const at::Tensor& latents) const override;

    StableDiffusionSpec spec_;
    mutable std::optional<Tokenizer> tokenizer_;

    friend std::unique_ptr<StableDiffusion> load_stable_diffusion(const StableDiffusionSpec&,
                                                                  const base::Path&, const LoadOptions&);
};

// As models::load_model, of which it is the part for these families.
std::unique_ptr<StableDiffusion> load_stable_diffusion(const base::Path& checkpoint,
                                                       const LoadOptions& options = {});
std::unique_ptr<StableDiffusion> load_stable_diffusion(const StableDiffusionSpec& spec,
                                                       const base::Path& checkpoint,
                                                       const LoadOptions& options);
// As models::unused_in.
std::vector<std::string> unused_in_stable_diffusion(const base::Path& checkpoint, const PartFiles& files);

// One part alone: what caching latents needs.
Vae load_vae(const base::Path& file, at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU);

// SHA-256 over the VAE's weights as they are in memory (plain ones), or in a file.
std::string identity_of(Vae& vae);
std::string identity_of_vae(const base::Path& file);
// SHA-256 over the names, types and bytes of the text encoders in the file; nothing is loaded for it.
std::string identity_of_texts(const base::Path& checkpoint);

}  // namespace lorikeet::models
