// The UNet of Stable Diffusion 1.x and XL: what is predicted from a noisy latent, its timestep and the text; in XL also
// from a vector of the whole caption and of the sizes that an image had (models/conditioning).
//
// Shapes   noisy [B, in_channels, h, w], any h and w;  timesteps [B];  context [B, T, context_width];
//          vector [B, vector_width], not read where that is 0;  result [B, out_channels, h, w].
// Dtype    Computes in the dtype of its weights (or of autocast); the result has the dtype of `noisy`.
// Source   Rombach et al. 2022, arXiv:2112.10752; Podell et al. 2023, arXiv:2307.01952; names of the weights as in the
//          CompVis and Stability checkpoints, below "model.diffusion_model".
// Golden   tests/golden/unet.safetensors, unet_sdxl.safetensors
// Throws   Error{Internal} when a vector is wanted and there is none.
#pragma once

#include <optional>
#include <vector>

#include <ATen/ATen.h>

#include "models/unet_stages.hpp"
#include "nn/conv.hpp"
#include "nn/norm.hpp"
#include "nn/time_embed.hpp"

namespace lorikeet::models {

struct Unet {
    UnetSpec spec;
    nn::TimeEmbed time_embed;
    std::optional<nn::VectorEmbed> label_emb;
    std::vector<UnetBlock> input_blocks;
    UnetMiddle middle_block;
    std::vector<UnetBlock> output_blocks;
    nn::GroupNorm norm_out;
    nn::Conv2d conv_out;

    Unet() = default;
    explicit Unet(const UnetSpec& unet_spec);
    at::Tensor operator()(const at::Tensor& noisy, const at::Tensor& timesteps, const at::Tensor& context,
                          const at::Tensor& vector = {}) const;
    void visit(nn::Visitor& visitor);
};

}  // namespace lorikeet::models
