#include "tag/vit.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/error.hpp"
#include "nn/attention.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kHeadWidth = 64;  // of every ViT that timm names

}  // namespace

std::int64_t grid_of(std::int64_t tokens) {
    const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(tokens))));
    if (side * side != tokens)
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("The tagger has positions for {} patches, which are no square.", tokens),
                   "The file is damaged, or of another kind.");
    return side;
}

at::Tensor pool_tokens(const at::Tensor& x, Pool pool, std::int64_t prefix) {
    return pool == Pool::Token ? x.select(1, 0) : x.narrow(1, prefix, x.size(1) - prefix).mean(1);
}

VitBlock::VitBlock(const VitSpec& spec)
    : heads(spec.heads),
      activation(spec.activation),
      norm1(spec.width, spec.eps),
      qkv(spec.width, 3 * spec.width, spec.qkv_bias),
      proj(spec.width, spec.width),
      norm2(spec.width, spec.eps),
      fc1(spec.width, spec.mlp),
      fc2(spec.mlp, spec.width) {}

at::Tensor VitBlock::operator()(const at::Tensor& x) const {
    const auto parts = qkv(norm1(x)).chunk(3, -1);                             // 3 of [B, T, D]
    const auto h = x + proj(nn::attend(parts[0], parts[1], parts[2], heads));  // [B, T, D]
    return h + fc2(activate(activation, fc1(norm2(h))));
}

void VitBlock::visit(nn::Visitor& visitor) {
    norm1.visit(visitor, "norm1");
    {
        const nn::Visitor::Scope scope(visitor, "attn");
        qkv.visit(visitor, "qkv");
        proj.visit(visitor, "proj");
    }
    norm2.visit(visitor, "norm2");
    const nn::Visitor::Scope scope(visitor, "mlp");
    fc1.visit(visitor, "fc1");
    fc2.visit(visitor, "fc2");
}

VitSpec Vit::spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config) {
    VitSpec spec;
    spec.width = shapes.side("patch_embed.proj.weight", 0);
    spec.patch = shapes.side("patch_embed.proj.weight", 2);
    spec.depth = shapes.count("blocks.", ".norm1.weight");
    spec.mlp = shapes.side("blocks.0.mlp.fc1.weight", 0);
    spec.outputs = shapes.side("head.weight", 0);
    spec.has_class_token = shapes.has("cls_token");
    spec.norm_follows_pool = shapes.has("fc_norm.weight");
    spec.qkv_bias = shapes.has("blocks.0.attn.qkv.bias") ? nn::Bias::Yes : nn::Bias::No;
    spec.heads = spec.width / kHeadWidth;
    // Positions of the class token are one more than a square.
    const auto positions = shapes.side("pos_embed", 1);
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(positions)));
    spec.class_has_position = spec.has_class_token && side * side != positions;
    spec.grid = grid_of(positions - (spec.class_has_position ? 1 : 0));
    if (config) {
        spec.activation = config->activation.value_or(Activation::Gelu);
        spec.pool = config->pool.value_or(spec.has_class_token ? Pool::Token : Pool::Average);
        spec.heads = config->heads.value_or(spec.heads);
        spec.eps = config->norm_eps.value_or(spec.eps);
    } else if (spec.has_class_token && !spec.norm_follows_pool) {
        spec.pool = Pool::Token;
    }
    if (spec.heads < 1 || spec.width % spec.heads != 0 || (spec.pool == Pool::Token && !spec.has_class_token))
        base::fail(base::ErrorCode::Corrupt,
                   "The tagger's weights and its config.json do not fit each other.",
                   "Download both from one place.");
    return spec;
}

Vit::Vit(VitSpec spec)
    : spec_(spec),
      facts_{spec.width > 768 ? "ViT-large" : "ViT", spec.patch * spec.grid, spec.outputs},
      patch_embed_(nn::ConvShape{3, spec.width, spec.patch, spec.patch, 0}),
      norm_(spec.width, spec.eps),
      head_{spec.width, spec.outputs, {}, {}} {
    for (std::int64_t i = 0; i < spec_.depth; ++i) blocks_.emplace_back(spec_);
}

at::Tensor Vit::operator()(const at::Tensor& pixels) const {
    auto x = patch_embed_(pixels).flatten(2).transpose(1, 2).to(at::kFloat);  // [B, N, D]
    const auto batch = x.size(0);
    if (!spec_.has_class_token) {
        x = x + pos_embed_;
    } else if (spec_.class_has_position) {
        x = at::cat({cls_token_.expand({batch, 1, spec_.width}), x}, 1) + pos_embed_;
    } else {
        x = at::cat({cls_token_.expand({batch, 1, spec_.width}), x + pos_embed_}, 1);
    }
    for (const auto& block : blocks_) x = block(x);  // [B, T, D]
    const auto prefix = spec_.has_class_token ? std::int64_t{1} : std::int64_t{0};
    const auto pooled = spec_.norm_follows_pool ? norm_(pool_tokens(x, spec_.pool, prefix))
                                                : pool_tokens(norm_(x), spec_.pool, prefix);
    return head_(pooled);  // [B, outputs]
}

void Vit::visit(nn::Visitor& visitor) {
    const auto tokens = spec_.grid * spec_.grid + (spec_.class_has_position ? 1 : 0);
    patch_embed_.visit(visitor, "patch_embed.proj");
    if (spec_.has_class_token) visitor.weight(visitor.path("cls_token"), cls_token_, {1, 1, spec_.width});
    visitor.weight(visitor.path("pos_embed"), pos_embed_, {1, tokens, spec_.width});
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, "blocks." + std::to_string(i));
        blocks_[i].visit(visitor);
    }
    norm_.visit(visitor, spec_.norm_follows_pool ? "fc_norm" : "norm");
    head_.visit(visitor, "head");
}

}  // namespace lorikeet::tag
