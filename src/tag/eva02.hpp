// EVA-02: a vision transformer whose queries and keys are turned by where their patch lies, with gated layers (SwiGLU) that
// are normalised inside.
//
// Shapes   pixels [B, 3, S, S];  T = (S / patch)² + 1 tokens, the class token first;  result [B, outputs].
// Source   Fang et al. 2023, arXiv:2303.11331; timm 1.0.31, eva.py and pos_embed_sincos.py.
// Golden   tests/golden/tag_eva02.safetensors
#pragma once

#include <optional>
#include <vector>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "tag/network.hpp"

namespace lorikeet::tag {

struct Eva02Spec {
    std::int64_t patch = 14;
    std::int64_t width = 1024;
    std::int64_t depth = 24;
    std::int64_t heads = 16;
    std::int64_t mlp = 2730;
    std::int64_t grid = 32;        // patches a side
    std::int64_t grid_cells = 16;  // the side that rotary positions were learned on
    std::int64_t outputs = 0;
    bool attention_has_norm = false;
    bool mlp_has_norm = true;
    bool norm_follows_pool = true;  // timm's fc_norm
    nn::Bias qv_bias = nn::Bias::Yes;
    Pool pool = Pool::Average;
    double eps = 1e-6;
};

struct Eva02Block {
    std::int64_t heads, mlp;
    nn::LayerNorm norm1;
    nn::Linear q_proj, k_proj, v_proj;
    std::optional<nn::LayerNorm> attention_norm;
    nn::Linear proj;
    nn::LayerNorm norm2;
    nn::Linear fc1_g, fc1_x;
    std::optional<nn::LayerNorm> mlp_norm;
    nn::Linear fc2;

    explicit Eva02Block(const Eva02Spec& spec);
    // x and result [B, T, width]; turns [T, 1, d / 2] complex.
    at::Tensor operator()(const at::Tensor& x, const at::Tensor& turns) const;
    void visit(nn::Visitor& visitor);
    void prepare();
};

class Eva02 : public TaggerNetwork {
  public:
    static Eva02Spec spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config);
    explicit Eva02(Eva02Spec spec);

    const TaggerNetworkFacts& facts() const override { return facts_; }
    at::Tensor operator()(const at::Tensor& pixels) const override;
    void visit(nn::Visitor& visitor) override;
    void prepare() override;

  private:
    Eva02Spec spec_;
    TaggerNetworkFacts facts_;
    nn::Conv2d patch_embed_;
    at::Tensor cls_token_;
    at::Tensor pos_embed_;
    at::Tensor turns_;  // [T, 1, d / 2] complex
    std::vector<Eva02Block> blocks_;
    nn::LayerNorm norm_;
    ScoreHead head_;
};

}  // namespace lorikeet::tag
