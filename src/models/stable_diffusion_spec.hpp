// The sizes of Stable Diffusion 1.x and XL, told from the names and shapes in a file.
#pragma once

#include <memory>
#include <vector>

#include "io/safetensors.hpp"
#include "models/clip_text.hpp"
#include "models/layout.hpp"
#include "models/spec.hpp"
#include "models/unet_stages.hpp"
#include "models/vae.hpp"

namespace lorikeet::models {

// Everything about a model that is not a weight.
struct StableDiffusionSpec : Spec {
    UnetSpec unet;
    VaeSpec vae;
    std::vector<ClipTextSpec> texts = {ClipTextSpec{}};  // towers, in the order of what they give
    // Where the weights of each tower lie in the file, one for each of `texts`. Empty where no file was read
    // (sd1_spec(), sdxl_spec()): places in a file cannot be asked of such a model.
    std::vector<TextLayout> layouts;
    double latent_scale = 0.18215;  // latents times this have about unit variance

    StableDiffusionSpec();  // 1.5's sizes
    LatentFacts latents() const override;
    bool is_small() const override { return unet.widths.front() < 160; }
    std::unique_ptr<Model> outline() const override;
};

// Sizes come from the shapes. What shapes do not tell comes from the file's metadata, or is Stable
// Diffusion's:
//   lorikeet.unet.heads 8; XL: lorikeet.unet.head_width 64        lorikeet.unet.groups 32
//   lorikeet.text.heads, lorikeet.text2.heads width / 64          lorikeet.vae.groups 32
//   lorikeet.latent_scale 0.18215; XL: 0.13025                    lorikeet.native_size 512; XL: 1024
//   (of `usual`, the sizes that the family was published with)
//   modelspec.prediction_type (or .predict_key) "epsilon" or "v"; a tensor "v_pred" says v
//   a tensor "ztsnr", or ss_zero_terminal_snr "True", says zero_snr
//
// Throws   Error{Unsupported} for a file of another kind, with its name; Error{Corrupt} when parts are missing
//          or sizes do not fit together. A checkpoint without a VAE is accepted when one of the `files` has it.
StableDiffusionSpec read_stable_diffusion_spec(const io::SafetensorsFile& file, const PartFiles& files,
                                               const StableDiffusionSpec& usual);
// The same for a checkpoint of either, which its row of the table knows.
StableDiffusionSpec stable_diffusion_spec_of(const io::SafetensorsFile& file, const PartFiles& files = {});
// A spec as what it is. Throws Error{Internal} for that of another family.
const StableDiffusionSpec& own_spec(const Spec& spec);

// Stable Diffusion 1.5's sizes: 1.07 billion weights.
StableDiffusionSpec sd1_spec();
// Those of SDXL: 3.47 billion.
StableDiffusionSpec sdxl_spec();

// The sizes of a VAE, from a whole checkpoint, a VAE's own file, or diffusers' vae folder.
// Throws   Error{Unsupported} when there is none.
VaeSpec vae_spec_of(const io::SafetensorsFile& file);

}  // namespace lorikeet::models
