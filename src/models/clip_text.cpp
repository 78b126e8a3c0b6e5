#include "models/clip_text.hpp"

#include <string>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "tensor/recompute.hpp"

namespace lorikeet::models {

namespace {

at::Tensor activate(Gelu gelu, const at::Tensor& x) {
    return gelu == Gelu::Exact ? at::gelu(x) : x * at::sigmoid(1.702 * x);
}

ClipTextSpec checked(ClipTextSpec spec) {
    base::expects(spec.layers > 0 && spec.width > 0 && spec.heads > 0 && spec.mlp > 0 && spec.positions > 0 &&
                      spec.words > 0,
                  "every size of a text tower is at least 1");
    base::expects(spec.width % spec.heads == 0, "the heads of a text tower divide its width");
    return spec;
}

}  // namespace

ClipAttention::ClipAttention(const ClipTextSpec& spec)
    : heads(spec.heads),
      q_proj(spec.width, spec.width),
      k_proj(spec.width, spec.width),
      v_proj(spec.width, spec.width),
      out_proj(spec.width, spec.width) {}

at::Tensor ClipAttention::operator()(const at::Tensor& x) const {
    const auto split = [&](const at::Tensor& y) { return y.unflatten(-1, {heads, -1}).transpose(1, 2); };
    const auto seen = at::scaled_dot_product_attention(split(q_proj(x)), split(k_proj(x)), split(v_proj(x)),
                                                       /*attn_mask=*/{}, /*dropout_p=*/0.0,
                                                       /*is_causal=*/true);
    return out_proj(seen.transpose(1, 2).flatten(2));  // [B, T, D]
}

void ClipAttention::visit(nn::Visitor& visitor) {
    const nn::Visitor::Scope scope(visitor, "self_attn", nn::BlockKind::TextAttention);
    q_proj.visit(visitor, "q_proj");
    k_proj.visit(visitor, "k_proj");
    v_proj.visit(visitor, "v_proj");
    out_proj.visit(visitor, "out_proj");
}

ClipLayer::ClipLayer(const ClipTextSpec& spec)
    : gelu(spec.gelu),
      layer_norm1(spec.width),
      self_attn(spec),
      layer_norm2(spec.width),
      fc1(spec.width, spec.mlp),
      fc2(spec.mlp, spec.width) {}

at::Tensor ClipLayer::operator()(const at::Tensor& x) const {
    const auto h = x + self_attn(layer_norm1(x));
    return h + fc2(activate(gelu, fc1(layer_norm2(h))));
}

void ClipLayer::visit(nn::Visitor& visitor) {
    layer_norm1.visit(visitor, "layer_norm1");
    self_attn.visit(visitor);
    layer_norm2.visit(visitor, "layer_norm2");
    const nn::Visitor::Scope scope(visitor, "mlp", nn::BlockKind::TextMlp);
    fc1.visit(visitor, "fc1");
    fc2.visit(visitor, "fc2");
}

ClipText::ClipText(ClipTextSpec text_spec) : spec(checked(text_spec)), final_layer_norm(spec.width) {
    for (std::int64_t i = 0; i < spec.layers; ++i) layers.emplace_back(spec);
}

at::Tensor ClipText::run(const at::Tensor& ids, std::int64_t count) const {
    base::expects(token_embedding.defined(), "the weights of a text tower are loaded before it is used");
    base::expects(ids.dim() == 2 && ids.size(1) <= spec.positions, "ids are [B, T] with a position for each");
    auto h = at::embedding(token_embedding, ids) + position_embedding.narrow(0, 0, ids.size(1));
    for (std::int64_t i = 0; i < count; ++i) h = tensor::as_block(layers[static_cast<std::size_t>(i)], h);
    return h;
}

ClipReading ClipText::read(const at::Tensor& ids) const {
    ClipReading reading{run(ids, spec.layers - 1), {}};  // [B, T, D]
    if (spec.projection == 0) return reading;
    const auto states = final_layer_norm(tensor::as_block(layers.back(), reading.states));  // [B, T, D]
    const auto ends = ids.eq(spec.end_id).to(at::kInt).argmax(1).view({-1, 1, 1});          // [B, 1, 1]
    const auto at_end = states.gather(1, ends.expand({-1, 1, spec.width})).squeeze(1);      // [B, D]
    reading.pooled = at::matmul(at_end, text_projection);                                   // [B, P]
    return reading;
}

at::Tensor ClipText::operator()(const at::Tensor& ids, std::int64_t clip_skip) const {
    if (clip_skip < 1 || clip_skip > spec.layers) {
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("Clip skip is {}, and the text tower has {}.", clip_skip,
                               base::counted(spec.layers, "layer")),
                   fmt::format("Choose a clip skip from 1 to {}; 1 skips nothing.", spec.layers));
    }
    return final_layer_norm(run(ids, spec.layers - clip_skip + 1));
}

void ClipText::visit(nn::Visitor& visitor) {
    if (spec.projection > 0)
        visitor.weight(visitor.path("text_projection"), text_projection, {spec.width, spec.projection});
    const nn::Visitor::Scope scope(visitor, "text_model");
    visitor.weight(visitor.path("embeddings.token_embedding.weight"), token_embedding,
                   {spec.words, spec.width});
    visitor.weight(visitor.path("embeddings.position_embedding.weight"), position_embedding,
                   {spec.positions, spec.width});
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const nn::Visitor::Scope layer(visitor, "encoder.layers." + std::to_string(i));
        layers[i].visit(visitor);
    }
    final_layer_norm.visit(visitor, "final_layer_norm");
}

}  // namespace lorikeet::models
