// CLIP's text tower, as Stable Diffusion reads captions with it: 1.x with one, XL with two.
//
// Shapes   ids [B, T] int64, T at most `positions`;  states [B, T, width];  pooled [B, projection].
// Dtype    computes in the dtype of its weights (or what autocast makes of it).
// Source   Radford et al. 2021, arXiv:2103.00020; names are those of transformers' CLIPTextModel, which
//          checkpoints hold below cond_stage_model.transformer; the second tower of SDXL is OpenCLIP's, whose names
//          are in models/key_map. text_projection is OpenCLIP's: pooled = state * text_projection.
// Golden   tests/golden/clip_text.safetensors, clip_text_sdxl.safetensors
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::models {

enum class Gelu { Quick, Exact };  // OpenAI's towers were trained with a cheap one

struct ClipTextSpec {
    std::int64_t layers = 12;
    std::int64_t width = 768;
    std::int64_t heads = 12;
    std::int64_t mlp = 3072;
    std::int64_t positions = 77;
    std::int64_t words = 49408;
    std::int64_t projection = 0;  // width of the pooled vector; 0: the tower has none
    Gelu gelu = Gelu::Quick;
    std::int64_t end_id = 49407;  // what is pooled is the state where it comes first
    std::int64_t pad_id = 49407;  // what short captions are filled up with

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
    Gelu gelu = Gelu::Quick;
    nn::LayerNorm layer_norm1;
    ClipAttention self_attn;
    nn::LayerNorm layer_norm2;
    nn::Linear fc1;
    nn::Linear fc2;

    explicit ClipLayer(const ClipTextSpec& spec);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(nn::Visitor& visitor);
};

// What a tower of SDXL makes of captions.
struct ClipReading {
    at::Tensor states;  // before the last layer, without the final norm
    at::Tensor pooled;  // of the last layer, normed, at the caption's first end; undefined: no projection
};

struct ClipText {
    ClipTextSpec spec;
    at::Tensor token_embedding;     // [words, width]
    at::Tensor position_embedding;  // [positions, width]
    std::vector<ClipLayer> layers;
    nn::LayerNorm final_layer_norm;
    at::Tensor text_projection;  // [width, projection]; undefined without

    explicit ClipText(ClipTextSpec text_spec);
    // Clip skip 1 reads the last layer, 2 the one before, and so on; then the final norm, as kohya does.
    // Throws Error{InvalidInput} when there are not so many layers.
    at::Tensor operator()(const at::Tensor& ids, std::int64_t clip_skip = 1) const;
    // The last layer runs only for what is pooled.
    ClipReading read(const at::Tensor& ids) const;
    void visit(nn::Visitor& visitor);

  private:
    at::Tensor run(const at::Tensor& ids, std::int64_t count) const;  // through the first `count` layers
};

}  // namespace lorikeet::models
