// Swin transformer V2: attention within windows that are shifted in every second block, by the cosine of queries and keys,
// with a bias that a small network makes of the places' distance.
//
// Shapes   pixels [B, 3, S, S];  inside [B, h, w, width of the stage];  windows [B n, N, width] with N = window²;
//          result [B, outputs].
// Source   Liu et al. 2021, arXiv:2111.09883; timm 1.0.31, swin_transformer_v2.py.
// Golden   tests/golden/tag_swinv2.safetensors
#pragma once

#include <vector>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "tag/network.hpp"

namespace lorikeet::tag {

struct SwinStageSpec {
    std::int64_t width = 0;
    std::int64_t depth = 0;
    std::int64_t heads = 0;
    std::int64_t mlp = 0;
};

struct SwinV2Spec {
    std::vector<SwinStageSpec> stages;
    std::int64_t patch = 4;
    std::int64_t window = 14;
    std::int64_t bias_width = 512;  // of the small network
    std::int64_t image_px = 448;
    std::int64_t outputs = 0;
    Activation activation = Activation::Gelu;
    double eps = 1e-5;
};

struct SwinBlock {
    SwinStageSpec stage;
    std::int64_t grid, window, shift, bias_width;
    Activation activation;
    nn::Linear qkv;  // its bias is made of the two below; keys have none
    at::Tensor q_bias, v_bias, logit_scale;
    at::Tensor cpb_in, cpb_in_bias, cpb_out;  // the small network
    nn::Linear proj;
    nn::LayerNorm norm1;
    nn::Linear fc1;
    nn::Linear fc2;
    nn::LayerNorm norm2;
    at::Tensor bias;   // [1, heads, N, N], or [n, heads, N, N] where windows are shifted; made by prepare
    at::Tensor scale;  // [heads, 1, 1]

    SwinBlock(const SwinV2Spec& spec, const SwinStageSpec& stage, std::int64_t grid, bool shifted);
    at::Tensor operator()(const at::Tensor& x) const;  // [B, grid, grid, width] both
    void visit(nn::Visitor& visitor);
    void prepare();

  private:
    at::Tensor attend(const at::Tensor& windows) const;
};

struct SwinStage {
    bool halves = false;
    nn::Linear reduction;
    nn::LayerNorm norm;
    std::vector<SwinBlock> blocks;
};

class SwinV2 : public TaggerNetwork {
  public:
    static SwinV2Spec spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config);
    explicit SwinV2(SwinV2Spec spec);

    const TaggerNetworkFacts& facts() const override { return facts_; }
    at::Tensor operator()(const at::Tensor& pixels) const override;
    void visit(nn::Visitor& visitor) override;
    void prepare() override;

  private:
    SwinV2Spec spec_;
    TaggerNetworkFacts facts_;
    nn::Conv2d patch_embed_;
    nn::LayerNorm patch_norm_;
    std::vector<SwinStage> stages_;
    nn::LayerNorm norm_;
    ScoreHead head_;
};

}  // namespace lorikeet::tag
