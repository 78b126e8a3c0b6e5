#include "tag/blip_text.hpp"

#include <string>

#include "base/error.hpp"
#include "nn/attention.hpp"
#include "tag/blip_vision.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::string_view kDecoder = "text_decoder.bert.";

// softmax(Q Kᵀ / sqrt(d)) V, where the new words see those before them.
at::Tensor attend_causally(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           std::int64_t heads) {
    if (query.size(1) == 1) return nn::attend(query, key, value, heads);
    base::expects(query.size(1) == key.size(1), "several words at once come first");
    return nn::join_heads(at::scaled_dot_product_attention(nn::split_heads(query, heads),
                                                           nn::split_heads(key, heads),
                                                           nn::split_heads(value, heads), {}, 0.0, true));
}

}  // namespace

void BlipTextCache::choose(const at::Tensor& rows, const at::Tensor& images) {
    for (auto* list : {&keys, &values})
        for (auto& each : *list) each = each.index_select(0, rows);
    if (images.size(0) == image_keys.front().size(0)) return;
    for (auto* list : {&image_keys, &image_values})
        for (auto& each : *list) each = each.index_select(0, images);
}

BlipAttention::BlipAttention(const BlipTextSpec& spec, std::int64_t context_width)
    : query(spec.width, spec.width),
      key(context_width, spec.width),
      value(context_width, spec.width),
      dense(spec.width, spec.width),
      norm(spec.width, spec.eps) {}

void BlipAttention::visit(nn::Visitor& visitor, std::string_view name) {
    const nn::Visitor::Scope scope(visitor, name);
    query.visit(visitor, "self.query");
    key.visit(visitor, "self.key");
    value.visit(visitor, "self.value");
    dense.visit(visitor, "output.dense");
    norm.visit(visitor, "output.LayerNorm");
}

BlipTextLayer::BlipTextLayer(const BlipTextSpec& spec)
    : self(spec, spec.width),
      image(spec, spec.image_width),
      fc1(spec.width, spec.mlp),
      fc2(spec.mlp, spec.width),
      norm(spec.width, spec.eps) {}

BlipTextSpec BlipText::spec_of(const WeightShapes& shapes, const BlipTower& tower) {
    const auto side = [&](std::string_view name, std::size_t axis) {
        return shapes.side(std::string(kDecoder) + std::string(name), axis);
    };
    BlipTextSpec spec;
    spec.words = side("embeddings.word_embeddings.weight", 0);
    spec.width = side("embeddings.word_embeddings.weight", 1);
    spec.positions = side("embeddings.position_embeddings.weight", 0);
    spec.depth = shapes.count(std::string(kDecoder) + "encoder.layer.", ".output.dense.weight");
    spec.mlp = side("encoder.layer.0.intermediate.dense.weight", 0);
    spec.image_width = side("encoder.layer.0.crossattention.self.key.weight", 1);
    spec.heads = blip_heads(tower, spec.width);
    spec.activation = tower.activation;
    spec.eps = tower.eps;
    return spec;
}

BlipText::BlipText(BlipTextSpec spec)
    : spec_(spec),
      embedding_norm_(spec.width, spec.eps),
      transform_(spec.width, spec.width),
      transform_norm_(spec.width, spec.eps) {
    for (std::int64_t i = 0; i < spec_.depth; ++i) layers_.emplace_back(spec_);
}

BlipTextCache BlipText::begin(const at::Tensor& image) const {
    BlipTextCache cache;
    for (const auto& each : layers_) {
        cache.image_keys.push_back(each.image.key(image));      // [B, N, D]
        cache.image_values.push_back(each.image.value(image));  // [B, N, D]
    }
    cache.keys.resize(layers_.size());
    cache.values.resize(layers_.size());
    return cache;
}

at::Tensor BlipText::layer(std::size_t index, const at::Tensor& x, BlipTextCache& cache) const {
    const auto& at = layers_[index];
    auto& keys = cache.keys[index];
    auto& values = cache.values[index];
    keys = cache.length == 0 ? at.self.key(x) : at::cat({keys, at.self.key(x)}, 1);          // [R, T, D]
    values = cache.length == 0 ? at.self.value(x) : at::cat({values, at.self.value(x)}, 1);  // [R, T, D]
    auto h = attend_causally(at.self.query(x), keys, values, spec_.heads);                   // [R, t, D]
    h = at.self.norm(at.self.dense(h) + x);
    // The rows of an image are queries to the same keys.
    const auto& image_keys = cache.image_keys[index];
    const auto query = at.image.query(h).reshape({image_keys.size(0), -1, spec_.width});  // [B, R t / B, D]
    const auto seen = nn::attend(query, image_keys, cache.image_values[index], spec_.heads);
    h = at.image.norm(at.image.dense(seen.reshape(h.sizes())) + h);
    return at.norm(at.fc2(activate(spec_.activation, at.fc1(h))) + h);
}

at::Tensor BlipText::operator()(const at::Tensor& tokens, BlipTextCache& cache) const {
    const auto count = tokens.size(1);
    base::expects(cache.length + count <= spec_.positions, "a caption is no longer than there are positions");
    const auto places = position_embeddings_.narrow(0, cache.length, count);     // [t, D]
    auto x = embedding_norm_(at::embedding(word_embeddings_, tokens) + places);  // [R, t, D]
    for (std::size_t i = 0; i < layers_.size(); ++i) x = layer(i, x, cache);
    cache.length += count;
    const auto last = x.select(1, count - 1);                                             // [R, D]
    const auto features = transform_norm_(activate(spec_.activation, transform_(last)));  // [R, D]
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    return at::linear(features.to(at::kFloat), head_weight_, head_bias_);  // [R, words]
}

void BlipText::visit(nn::Visitor& visitor) {
    const nn::Visitor::Scope decoder(visitor, "text_decoder");
    visitor.weight(visitor.path("bert.embeddings.word_embeddings.weight"), word_embeddings_,
                   {spec_.words, spec_.width});
    visitor.weight(visitor.path("bert.embeddings.position_embeddings.weight"), position_embeddings_,
                   {spec_.positions, spec_.width});
    embedding_norm_.visit(visitor, "bert.embeddings.LayerNorm");
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, "bert.encoder.layer." + std::to_string(i));
        layers_[i].self.visit(visitor, "attention");
        layers_[i].image.visit(visitor, "crossattention");
        layers_[i].fc1.visit(visitor, "intermediate.dense");
        layers_[i].fc2.visit(visitor, "output.dense");
        layers_[i].norm.visit(visitor, "output.LayerNorm");
    }
    const nn::Visitor::Scope head(visitor, "cls.predictions");
    transform_.visit(visitor, "transform.dense");
    transform_norm_.visit(visitor, "transform.LayerNorm");
    visitor.weight(visitor.path("decoder.weight"), head_weight_, {spec_.words, spec_.width});
    visitor.weight(visitor.path("bias"), head_bias_, {spec_.words});
}

}  // namespace lorikeet::tag
