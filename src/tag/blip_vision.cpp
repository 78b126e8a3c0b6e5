#include "tag/blip_vision.hpp"

#include <string>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kBlipHeadWidth = 64;

// The block of a ViT under the names of transformers.
void visit_blip_block(VitBlock& block, nn::Visitor& visitor) {
    block.norm1.visit(visitor, "layer_norm1");
    {
        const nn::Visitor::Scope scope(visitor, "self_attn");
        block.qkv.visit(visitor, "qkv");
        block.proj.visit(visitor, "projection");
    }
    block.norm2.visit(visitor, "layer_norm2");
    const nn::Visitor::Scope scope(visitor, "mlp");
    block.fc1.visit(visitor, "fc1");
    block.fc2.visit(visitor, "fc2");
}

}  // namespace

std::int64_t blip_heads(const BlipTower& tower, std::int64_t width) {
    const auto heads = tower.heads.value_or(width / kBlipHeadWidth);
    if (heads < 1 || width % heads != 0)
        base::fail(
            base::ErrorCode::Corrupt,
            fmt::format("The captioner's weights are {} wide, which {} heads do not part.", width, heads),
            "The weights and config.json are of different captioners. Download both from one place.");
    return heads;
}

VitSpec BlipVision::spec_of(const WeightShapes& shapes, const BlipTower& tower) {
    VitSpec spec;
    spec.width = shapes.side("vision_model.embeddings.patch_embedding.weight", 0);
    spec.patch = shapes.side("vision_model.embeddings.patch_embedding.weight", 2);
    spec.depth = shapes.count("vision_model.encoder.layers.", ".layer_norm1.weight");
    spec.mlp = shapes.side("vision_model.encoder.layers.0.mlp.fc1.weight", 0);
    spec.grid = grid_of(shapes.side("vision_model.embeddings.position_embedding", 1) - 1);
    spec.has_class_token = spec.class_has_position = true;
    spec.heads = blip_heads(tower, spec.width);
    spec.activation = tower.activation;
    spec.eps = tower.eps;
    return spec;
}

BlipVision::BlipVision(VitSpec spec)
    : spec_(spec),
      patch_embedding_(nn::ConvShape{3, spec.width, spec.patch, spec.patch, 0}),
      norm_(spec.width, spec.eps) {
    for (std::int64_t i = 0; i < spec_.depth; ++i) blocks_.emplace_back(spec_);
}

at::Tensor BlipVision::operator()(const at::Tensor& pixels) const {
    const auto patches = patch_embedding_(pixels).flatten(2).transpose(1, 2).to(at::kFloat);  // [B, N, D]
    const auto token = class_embedding_.expand({pixels.size(0), 1, spec_.width});
    auto x = at::cat({token, patches}, 1) + position_embedding_;  // [B, T, D]
    for (const auto& block : blocks_) x = block(x);
    return norm_(x);
}

void BlipVision::visit(nn::Visitor& visitor) {
    const nn::Visitor::Scope model(visitor, "vision_model");
    {
        const nn::Visitor::Scope scope(visitor, "embeddings");
        visitor.weight(visitor.path("class_embedding"), class_embedding_, {1, 1, spec_.width});
        visitor.weight(visitor.path("position_embedding"), position_embedding_,
                       {1, spec_.grid * spec_.grid + 1, spec_.width});
        patch_embedding_.visit(visitor, "patch_embedding");
    }
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, "encoder.layers." + std::to_string(i));
        visit_blip_block(blocks_[i], visitor);
    }
    norm_.visit(visitor, "post_layernorm");
}

}  // namespace lorikeet::tag
