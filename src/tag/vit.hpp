// Vision transformer: an image in patches, self-attention over all of them, the mean of what comes out.
//
// ViT-B/16 and ViT-L/16 of the WD v3 taggers are this with other sizes.
//
// Shapes   pixels [B, 3, S, S];  T = (S / patch)² tokens, and one more where there is a class token;  result [B, outputs].
// Source   Dosovitskiy et al. 2020, arXiv:2010.11929; timm 1.0.31, vision_transformer.py.
// Golden   tests/golden/tag_vit.safetensors, tests/golden/tag_vit_token.safetensors
#pragma once

#include <vector>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "tag/network.hpp"

namespace lorikeet::tag {

struct VitSpec {
    std::int64_t patch = 16;
    std::int64_t width = 768;
    std::int64_t depth = 12;
    std::int64_t heads = 12;
    std::int64_t mlp = 3072;
    std::int64_t grid = 28;  // patches a side
    std::int64_t outputs = 0;
    bool has_class_token = false;
    bool class_has_position = false;  // positions are learned for the class token too
    bool norm_follows_pool = false;   // timm's fc_norm
    nn::Bias qkv_bias = nn::Bias::Yes;
    Pool pool = Pool::Average;
    Activation activation = Activation::GeluTanh;
    double eps = 1e-6;
};

struct VitBlock {
    std::int64_t heads;
    Activation activation;
    nn::LayerNorm norm1;
    nn::Linear qkv;
    nn::Linear proj;
    nn::LayerNorm norm2;
    nn::Linear fc1;
    nn::Linear fc2;

    explicit VitBlock(const VitSpec& spec);
    at::Tensor operator()(const at::Tensor& x) const;  // [B, T, width] both
    void visit(nn::Visitor& visitor);
};

class Vit : public TaggerNetwork {
  public:
    static VitSpec spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config);
    explicit Vit(VitSpec spec);

    const TaggerNetworkFacts& facts() const override { return facts_; }
    at::Tensor operator()(const at::Tensor& pixels) const override;
    void visit(nn::Visitor& visitor) override;

  private:
    VitSpec spec_;
    TaggerNetworkFacts facts_;
    nn::Conv2d patch_embed_;
    at::Tensor cls_token_;
    at::Tensor pos_embed_;
    std::vector<VitBlock> blocks_;
    nn::LayerNorm norm_;
    ScoreHead head_;
};

// The mean over the patches' tokens, or the class token. `prefix` is how many tokens stand before the patches.
at::Tensor pool_tokens(const at::Tensor& x, Pool pool, std::int64_t prefix);

// The side of the grid that `tokens` patches make.
// Throws   Error{Corrupt} where they are no square.
std::int64_t grid_of(std::int64_t tokens);

}  // namespace lorikeet::tag
