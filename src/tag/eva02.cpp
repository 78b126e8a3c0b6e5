#include "tag/eva02.hpp"

#include <string>

#include "base/error.hpp"
#include "nn/attention.hpp"
#include "nn/cpu/kernels.hpp"
#include "nn/frozen.hpp"
#include "tag/vit.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kEvaHeadWidth = 64;
constexpr double kTemperature = 10000;

// What each pair of a head's numbers is multiplied with, as a complex number: [T, 1, d / 2]. The first half of the pairs
// tells the row, the second the column; the class token is not turned.
at::Tensor turns_of(const Eva02Spec& spec, at::Device device) {
    const auto options = at::TensorOptions().dtype(at::kFloat);
    const auto bands = spec.width / spec.heads / 4;
    const auto exponent = at::arange(bands, options) / static_cast<double>(bands);
    const auto frequency = 1.0 / at::pow(kTemperature, exponent);  // [d / 4]
    const auto place = at::arange(spec.grid, options) / static_cast<double>(spec.grid) *
                       static_cast<double>(spec.grid_cells);  // [g]
    const auto angle = place.unsqueeze(1) * frequency;        // [g, d / 4]
    const auto rows = angle.unsqueeze(1).expand({spec.grid, spec.grid, bands}),
               columns = angle.unsqueeze(0).expand({spec.grid, spec.grid, bands});
    const auto angles = at::cat({at::zeros({1, 2 * bands}, options),
                                 at::cat({rows, columns}, -1).reshape({-1, 2 * bands})});  // [T, d / 2]
    return at::complex(angles.cos(), angles.sin()).unsqueeze(1).to(device);
}

at::Tensor turned(const at::Tensor& x, std::int64_t heads, const at::Tensor& turns) {
    const auto pairs =
        x.to(at::kFloat).view({x.size(0), x.size(1), heads, -1, 2});  // [B, T, heads, d / 2, 2]
    return at::view_as_real(at::view_as_complex(pairs) * turns).view(x.sizes()).to(x.scalar_type());
}

// A width that no strips of weights have room for (2730) costs more than a few numbers that are always 0.
std::int64_t missing_of(std::int64_t width) {
    return (nn::strips::kWidth - width % nn::strips::kWidth) % nn::strips::kWidth;
}

// [..., width] to [..., width + missing] in the dtype that the layer behind it computes in.
at::Tensor filled_up(const at::Tensor& x, const nn::Linear& next) {
    const auto width = x.size(-1), missing = missing_of(width);
    if (missing == 0) return x;
    auto sizes = x.sizes().vec();
    sizes.back() += missing;
    const auto filled =
        at::zeros(sizes, x.options().dtype(next.frozen ? next.frozen->compute : x.scalar_type()));
    filled.narrow(-1, 0, width).copy_(x);
    return filled;
}

}  // namespace

Eva02Block::Eva02Block(const Eva02Spec& spec)
    : heads(spec.heads),
      mlp(spec.mlp),
      norm1(spec.width, spec.eps),
      q_proj(spec.width, spec.width, spec.qv_bias),
      k_proj(spec.width, spec.width, nn::Bias::No),
      v_proj(spec.width, spec.width, spec.qv_bias),
      proj(spec.width, spec.width),
      norm2(spec.width, spec.eps),
      fc1_g(spec.width, spec.mlp),
      fc1_x(spec.width, spec.mlp),
      fc2(spec.mlp, spec.width) {
    if (spec.attention_has_norm) attention_norm.emplace(spec.width, spec.eps);
    if (spec.mlp_has_norm) mlp_norm.emplace(spec.mlp, spec.eps);
}

at::Tensor Eva02Block::operator()(const at::Tensor& x, const at::Tensor& turns) const {
    const auto rows = norm1(x);  // [B, T, D]
    auto seen = nn::attend(turned(q_proj(rows), heads, turns), turned(k_proj(rows), heads, turns),
                           v_proj(rows), heads);
    if (attention_norm) seen = (*attention_norm)(seen.to(at::kFloat));
    const auto h = x + proj(seen);
    const auto inner = norm2(h);
    auto gated = (at::silu(fc1_g(inner)) * fc1_x(inner)).narrow(-1, 0, mlp);  // [B, T, mlp]
    if (mlp_norm) gated = (*mlp_norm)(gated.to(at::kFloat));
    return h + fc2(filled_up(gated, fc2));
}

void Eva02Block::prepare() {
    const auto missing = missing_of(mlp);
    if (missing == 0) return;
    for (auto* linear : {&fc1_g, &fc1_x}) {
        linear->weight = at::constant_pad_nd(linear->weight, {0, 0, 0, missing});
        linear->bias = at::constant_pad_nd(linear->bias, {0, missing});
    }
    fc2.weight = at::constant_pad_nd(fc2.weight, {0, missing});
}

void Eva02Block::visit(nn::Visitor& visitor) {
    norm1.visit(visitor, "norm1");
    {
        const nn::Visitor::Scope scope(visitor, "attn");
        q_proj.visit(visitor, "q_proj");
        k_proj.visit(visitor, "k_proj");
        v_proj.visit(visitor, "v_proj");
        if (attention_norm) attention_norm->visit(visitor, "norm");
        proj.visit(visitor, "proj");
    }
    norm2.visit(visitor, "norm2");
    const nn::Visitor::Scope scope(visitor, "mlp");
    fc1_g.visit(visitor, "fc1_g");
    fc1_x.visit(visitor, "fc1_x");
    if (mlp_norm) mlp_norm->visit(visitor, "norm");
    fc2.visit(visitor, "fc2");
}

Eva02Spec Eva02::spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config) {
    Eva02Spec spec;
    spec.width = shapes.side("patch_embed.proj.weight", 0);
    spec.patch = shapes.side("patch_embed.proj.weight", 2);
    spec.depth = shapes.count("blocks.", ".norm1.weight");
    spec.mlp = shapes.side("blocks.0.mlp.fc1_g.weight", 0);
    spec.outputs = shapes.side("head.weight", 0);
    spec.grid = grid_of(shapes.side("pos_embed", 1) - 1);
    spec.heads = spec.width / kEvaHeadWidth;
    spec.attention_has_norm = shapes.has("blocks.0.attn.norm.weight");
    spec.mlp_has_norm = shapes.has("blocks.0.mlp.norm.weight");
    spec.norm_follows_pool = shapes.has("fc_norm.weight");
    spec.qv_bias = shapes.has("blocks.0.attn.q_proj.bias") ? nn::Bias::Yes : nn::Bias::No;
    spec.pool = spec.norm_follows_pool ? Pool::Average : Pool::Token;
    if (config) {
        spec.pool = config->pool.value_or(spec.pool);
        spec.heads = config->heads.value_or(spec.heads);
        spec.grid_cells = config->grid_cells.value_or(spec.grid_cells);
        spec.eps = config->norm_eps.value_or(spec.eps);
    }
    if (spec.heads < 1 || spec.width % (4 * spec.heads) != 0)
        base::fail(base::ErrorCode::Corrupt,
                   "The tagger's weights and its config.json do not fit each other.",
                   "Download both from one place.");
    return spec;
}

Eva02::Eva02(Eva02Spec spec)
    : spec_(spec),
      facts_{spec.width > 768 ? "EVA02-large" : "EVA02", spec.patch * spec.grid, spec.outputs},
      patch_embed_(nn::ConvShape{3, spec.width, spec.patch, spec.patch, 0}),
      norm_(spec.width, spec.eps),
      head_{spec.width, spec.outputs, {}, {}} {
    for (std::int64_t i = 0; i < spec_.depth; ++i) blocks_.emplace_back(spec_);
}

void Eva02::prepare() {
    turns_ = turns_of(spec_, pos_embed_.device());
    for (auto& block : blocks_) block.prepare();
}

at::Tensor Eva02::operator()(const at::Tensor& pixels) const {
    const auto patches = patch_embed_(pixels).flatten(2).transpose(1, 2).to(at::kFloat);  // [B, N, D]
    auto x = at::cat({cls_token_.expand({patches.size(0), 1, spec_.width}), patches}, 1) + pos_embed_;
    for (const auto& block : blocks_) x = block(x, turns_);  // [B, T, D]
    const auto pooled = spec_.norm_follows_pool ? norm_(pool_tokens(x, spec_.pool, 1))
                                                : pool_tokens(norm_(x), spec_.pool, 1);
    return head_(pooled);  // [B, outputs]
}

void Eva02::visit(nn::Visitor& visitor) {
    patch_embed_.visit(visitor, "patch_embed.proj");
    visitor.weight(visitor.path("cls_token"), cls_token_, {1, 1, spec_.width});
    visitor.weight(visitor.path("pos_embed"), pos_embed_, {1, spec_.grid * spec_.grid + 1, spec_.width});
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, "blocks." + std::to_string(i));
        blocks_[i].visit(visitor);
    }
    norm_.visit(visitor, spec_.norm_follows_pool ? "fc_norm" : "norm");
    head_.visit(visitor, "head");
}

}  // namespace lorikeet::tag
