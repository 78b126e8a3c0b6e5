// The autoencoder of latent diffusion (AutoencoderKL): images to latents and back.
//
// General over widths, blocks a level, groups and latent channels; Stable Diffusion's is {128, 256, 512, 512}
// with 2 blocks, 32 groups and 4 channels. Latents here are as the network makes them: the scale of a model
// family (0.18215 for SD 1.x) is the caller's.
//
// Shapes   pixels [B, 3, H, W], H and W multiples of factor();  latents [B, latent_channels, h, w].
// Dtype    computes in the dtype of its weights (or what autocast makes of it); moments and pixels leave as
//          float32.
// Source   Rombach et al. 2022, arXiv:2112.10752; names are those of its checkpoints below first_stage_model.
// Golden   tests/golden/vae.safetensors
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/ATen.h>

#include "models/latents.hpp"
#include "nn/conv.hpp"
#include "nn/norm.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::models {

struct VaeSpec {
    std::vector<std::int64_t> widths = {128, 256, 512, 512};  // from full resolution down
    std::int64_t blocks = 2;  // a level of the encoder; the decoder has one more
    std::int64_t latent_channels = 4;
    std::int64_t groups = 32;

    std::int64_t factor() const {
        return std::int64_t{1} << (widths.size() - 1);
    }  // pixels a latent, one side
    bool operator==(const VaeSpec&) const = default;
};

// x + conv2(silu(norm2(conv1(silu(norm1(x)))))), x through a 1 x 1 convolution when the width changes.
struct VaeResnet {
    nn::GroupNorm norm1;
    nn::Conv2d conv1;
    nn::GroupNorm norm2;
    nn::Conv2d conv2;
    std::optional<nn::Conv2d> nin_shortcut;

    VaeResnet(std::int64_t in, std::int64_t out, std::int64_t groups);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(nn::Visitor& visitor, std::string_view name);
};

// Attention with one head over all places of the image.
struct VaeAttention {
    nn::GroupNorm norm;
    nn::Conv2d q;
    nn::Conv2d k;
    nn::Conv2d v;
    nn::Conv2d proj_out;

    VaeAttention(std::int64_t width, std::int64_t groups);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(nn::Visitor& visitor, std::string_view name);
};

struct VaeMiddle {
    VaeResnet block_1;
    VaeAttention attn_1;
    VaeResnet block_2;

    VaeMiddle(std::int64_t width, std::int64_t groups);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(nn::Visitor& visitor);
};

// The blocks of one resolution, and the way to the next one: halved (encoder) or doubled (decoder).
struct VaeLevel {
    std::vector<VaeResnet> block;
    std::optional<nn::Conv2d> resample;
};

struct VaeEncoder {
    nn::Conv2d conv_in;
    std::vector<VaeLevel> down;  // from full resolution down
    VaeMiddle mid;
    nn::GroupNorm norm_out;
    nn::Conv2d conv_out;

    explicit VaeEncoder(const VaeSpec& spec);
    at::Tensor operator()(const at::Tensor& pixels) const;
    void visit(nn::Visitor& visitor);
};

struct VaeDecoder {
    nn::Conv2d conv_in;
    VaeMiddle mid;
    std::vector<VaeLevel> up;  // from full resolution down, as in the checkpoint; run from the back
    nn::GroupNorm norm_out;
    nn::Conv2d conv_out;

    explicit VaeDecoder(const VaeSpec& spec);
    at::Tensor operator()(const at::Tensor& latents) const;
    void visit(nn::Visitor& visitor);
};

struct Vae {
    VaeSpec spec;
    VaeEncoder encoder;
    VaeDecoder decoder;
    nn::Conv2d quant_conv;
    nn::Conv2d post_quant_conv;

    explicit Vae(VaeSpec vae_spec);
    LatentDistribution encode(const at::Tensor& pixels) const;  // pixels within [-1, 1]
    at::Tensor decode(const at::Tensor& latents) const;         // about [-1, 1], not clamped
    void visit(nn::Visitor& visitor);
    void visit_encoder(nn::Visitor& visitor);  // what encode() needs alone
    void visit_decoder(nn::Visitor& visitor);
};

}  // namespace lorikeet::models
