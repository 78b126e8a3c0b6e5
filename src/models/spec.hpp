// The family and the sizes of a model, told from the names and shapes in its file: nothing has to be said about
// a model that the file itself says.
#pragma once

#include <string_view>
#include <vector>

#include "io/safetensors.hpp"
#include "models/clip_text.hpp"
#include "models/family.hpp"
#include "models/file_kind.hpp"
#include "models/unet_stages.hpp"
#include "models/vae.hpp"
#include "settings/model.hpp"

namespace lorikeet::models {

// Everything about a model that is not a weight.
struct Spec {
    Family family = Family::StableDiffusion1;
    UnetSpec unet;
    VaeSpec vae;
    std::vector<ClipTextSpec> texts = {ClipTextSpec{}};  // towers, in the order of what they give
    double latent_scale = 0.18215;                       // latents times this have about unit variance
    settings::Prediction prediction = settings::Prediction::Epsilon;  // never Auto
    bool zero_snr = false;              // its last timestep has nothing left of the image
    std::int64_t native_size_px = 512;  // the side of the images it was made for
};

// Sizes come from the shapes. What shapes do not tell comes from the file's metadata, or is Stable
// Diffusion's:
//   lorikeet.unet.heads 8; XL: lorikeet.unet.head_width 64        lorikeet.unet.groups 32
//   lorikeet.text.heads, lorikeet.text2.heads width / 64          lorikeet.vae.groups 32
//   lorikeet.latent_scale 0.18215; XL: 0.13025                    lorikeet.native_size 512; XL: 1024
//   modelspec.prediction_type (or .predict_key) "epsilon" or "v"; a tensor "v_pred" says v
//   a tensor "ztsnr", or ss_zero_terminal_snr "True", says zero_snr
//
// Throws   Error{Unsupported} for a file of another kind, with its name; Error{Corrupt} when parts are missing
//          or sizes do not fit together. A checkpoint without a VAE is accepted when `vae_file` is given.
Spec spec_of(const io::SafetensorsFile& file, const io::SafetensorsFile* vae_file = nullptr);

// The sizes of a VAE, from a whole checkpoint, a VAE's own file, or diffusers' vae folder.
// Throws   Error{Unsupported} when there is none.
VaeSpec vae_spec_of(const io::SafetensorsFile& file);

}  // namespace lorikeet::models
