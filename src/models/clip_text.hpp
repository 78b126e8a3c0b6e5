// CLIP's text tower, as Stable Diffusion 1.x reads captions with it.
//
// Shapes   ids [B, T] int64, T at most `positions`;  result [B, T, width].
// Dtype    computes in the dtype of its weights (or what autocast makes of it).
// Source   Radford et al. 2021, arXiv:2103.00020; names are those of transformers' CLIPTextModel, which
//          checkpoints hold below cond_stage_model.transformer.
// Golden   tests/golden/clip_text.safetensors
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::models {

struct ClipTextSpec {
    std::int64_t layers = 12;
    std::int64_t width = 768;
    std::int64_t heads = 12;
    std::int64_t mlp = 3072;
    std::int64_t positions = 77;
    std::int64_t words = 49408;

    bool operator==(const ClipTextSpec&) const = default;
};

// Attention that looks back only: word t sees the words up to t.
struct ClipAttention {
    std::int64_t heads = 1;
    nn::Linear q_proj;
    nn::Linear k_proj;
    nn::Linear v_proj;
    nn::Linear out_proj;

    explicit ClipAttention(const ClipTextSpec& spec);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(nn::Visitor& visitor);
};

struct ClipLayer {
    nn::LayerNorm layer_norm1;
    ClipAttention self_attn;
    nn::LayerNorm layer_norm2;
    nn::Linear fc1;
    nn::Linear fc2;

    explicit ClipLayer(const ClipTextSpec& spec);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(nn::Visitor& visitor);
};

struct ClipText {
    ClipTextSpec spec;
    at::Tensor token_embedding;     // [words, width]
    at::Tensor position_embedding;  // [positions, width]
    std::vector<ClipLayer> layers;
    nn::LayerNorm final_layer_norm;

    explicit ClipText(ClipTextSpec text_spec);
    // Clip skip 1 reads the last layer, 2 the one before, and so on; then the final norm, as kohya does.
    // Throws Error{InvalidInput} when there are not so many layers.
    at::Tensor operator()(const at::Tensor& ids, std::int64_t clip_skip = 1) const;
    void visit(nn::Visitor& visitor);
};

}  // namespace lorikeet::models
