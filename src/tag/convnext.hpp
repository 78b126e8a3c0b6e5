// ConvNeXt: depthwise 7 x 7 convolutions and two linear layers a block, in stages of halved sides.
//
// Shapes   pixels [B, 3, S, S];  inside [B, h, w, width of the stage], channels last;  result [B, outputs].
// Source   Liu et al. 2022, arXiv:2201.03545; timm 1.0.31, convnext.py.
// Golden   tests/golden/tag_convnext.safetensors
#pragma once

#include <vector>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "tag/network.hpp"

namespace lorikeet::tag {

struct ConvNextStageSpec {
    std::int64_t width = 0;
    std::int64_t depth = 0;
    std::int64_t mlp = 0;
};

struct ConvNextSpec {
    std::vector<ConvNextStageSpec> stages;
    std::int64_t patch = 4;
    std::int64_t kernel = 7;
    std::int64_t outputs = 0;
    std::int64_t image_px = 448;
    bool has_scale = true;  // a learned factor for each channel of what a block adds
    Activation activation = Activation::Gelu;
    double eps = 1e-6;
};

struct ConvNextBlock {
    std::int64_t width, kernel;
    bool has_scale;
    Activation activation;
    at::Tensor conv_weight, conv_bias;  // depthwise
    nn::LayerNorm norm;
    nn::Linear fc1;
    nn::Linear fc2;
    at::Tensor gamma;

    ConvNextBlock(const ConvNextSpec& spec, const ConvNextStageSpec& stage);
    at::Tensor operator()(const at::Tensor& x) const;  // [B, h, w, width] both
    void visit(nn::Visitor& visitor);
};

struct ConvNextStage {
    nn::LayerNorm norm;  // of the downsampling; the first stage has none
    nn::Conv2d down;
    bool halves = false;
    std::vector<ConvNextBlock> blocks;
};

class ConvNext : public TaggerNetwork {
  public:
    static ConvNextSpec spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config);
    explicit ConvNext(ConvNextSpec spec);

    const TaggerNetworkFacts& facts() const override { return facts_; }
    at::Tensor operator()(const at::Tensor& pixels) const override;
    void visit(nn::Visitor& visitor) override;

  private:
    ConvNextSpec spec_;
    TaggerNetworkFacts facts_;
    nn::Conv2d stem_;
    nn::LayerNorm stem_norm_;
    std::vector<ConvNextStage> stages_;
    nn::LayerNorm head_norm_;
    ScoreHead head_;
};

}  // namespace lorikeet::tag
