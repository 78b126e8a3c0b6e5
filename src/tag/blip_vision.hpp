// What BLIP sees: a vision transformer whose tokens all go on to the decoder.
//
// Shapes   pixels [B, 3, S, S];  T = (S / patch)² + 1 tokens;  result [B, T, width].
// Dtype    pixels and result are float32; layers compute in what their weights were frozen for.
// Source   Li et al. 2022, arXiv:2201.12086; transformers 4.54.1, modeling_blip.py, BlipVisionModel.
// Golden   tests/golden/blip.safetensors
// Throws   Error{Corrupt} for weights that lack some, or a config.json that does not fit them.
#pragma once

#include <vector>

#include "tag/blip_config.hpp"
#include "tag/vit.hpp"
#include "tag/weight_shapes.hpp"

namespace lorikeet::tag {

class BlipVision {
  public:
    static VitSpec spec_of(const WeightShapes& shapes, const BlipTower& tower);
    explicit BlipVision(VitSpec spec);

    std::int64_t image_px() const { return spec_.patch * spec_.grid; }
    std::int64_t width() const { return spec_.width; }
    at::Tensor operator()(const at::Tensor& pixels) const;
    void visit(nn::Visitor& visitor);

  private:
    VitSpec spec_;
    at::Tensor class_embedding_;
    at::Tensor position_embedding_;
    nn::Conv2d patch_embedding_;
    std::vector<VitBlock> blocks_;
    nn::LayerNorm norm_;
};

// The heads of a tower of BLIP that is so wide: as config.json says, or 64 wide each.
// Throws   Error{Corrupt} where they do not part the width.
std::int64_t blip_heads(const BlipTower& tower, std::int64_t width);

}  // namespace lorikeet::tag
