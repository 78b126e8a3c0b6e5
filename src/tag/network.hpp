// A network that tags images: pixels in, a number for each tag out. Each network is one room beside this one; a row of the
// table in network.cpp tells which weights mean it.
//
// Shapes   pixels [B, 3, S, S] with S = facts().image_px;  result [B, outputs], before the sigmoid.
// Dtype    pixels and result are float32; layers compute in what their weights were frozen for.
// Source   timm 1.0.31; weights have its names.
// Throws   Error{Unsupported} for weights of a network that is none of these, Error{Corrupt} for one that lacks some.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "nn/visitor.hpp"
#include "tag/model_config.hpp"
#include "tag/weight_shapes.hpp"

namespace lorikeet::tag {

struct TaggerNetworkFacts {
    std::string name;  // "ViT", "ConvNeXt", ...
    std::int64_t image_px = 448;
    std::int64_t outputs = 0;
};

class TaggerNetwork {
  public:
    virtual ~TaggerNetwork() = default;
    virtual const TaggerNetworkFacts& facts() const = 0;
    virtual at::Tensor operator()(const at::Tensor& pixels) const = 0;
    virtual void visit(nn::Visitor& visitor) = 0;
    // Once the weights are there, and before they are frozen: what depends on them and on no image is worked out once.
    virtual void prepare() {}
};

// The network that these weights are of, without them. Where there is no config.json, what shapes do not tell is as the
// WD v3 taggers have it.
std::unique_ptr<TaggerNetwork> make_network(const WeightShapes& shapes,
                                            const std::optional<ModelConfig>& config);

at::Tensor activate(Activation activation, const at::Tensor& x);

// The last layer: features [B, width] to [B, outputs]. Always in float32, since it is small and its results are compared
// with thresholds.
struct ScoreHead {
    std::int64_t width = 0;
    std::int64_t outputs = 0;
    at::Tensor weight;
    at::Tensor bias;

    at::Tensor operator()(const at::Tensor& features) const;
    void visit(nn::Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::tag
