#include "nn/attention.hpp"

#include "base/error.hpp"

namespace lorikeet::nn {

at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
    return x.unflatten(-1, {heads, x.size(-1) / heads}).transpose(1, 2);
}

at::Tensor join_heads(const at::Tensor& x) { return x.transpose(1, 2).flatten(2); }

Attention::Attention(AttentionShape attention_shape)
    : shape(attention_shape),
      to_q(shape.width, shape.width, Bias::No),
      to_k(shape.context_width, shape.width, Bias::No),
      to_v(shape.context_width, shape.width, Bias::No),
      to_out(shape.width, shape.width) {
    base::expects(shape.heads > 0 && shape.width % shape.heads == 0, "heads divide the width");
}

at::Tensor Attention::operator()(const at::Tensor& x, const at::Tensor& context) const {
    const auto query = split_heads(to_q(x), shape.heads);                    // [B, heads, T, d]
    const auto key = split_heads(to_k(context), shape.heads);                // [B, heads, S, d]
    const auto value = split_heads(to_v(context), shape.heads);              // [B, heads, S, d]
    const auto mixed = at::scaled_dot_product_attention(query, key, value);  // [B, heads, T, d]
    return to_out(join_heads(mixed));                                        // [B, T, width]
}

void Attention::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    to_q.visit(visitor, "to_q");
    to_k.visit(visitor, "to_k");
    to_v.visit(visitor, "to_v");
    to_out.visit(visitor, "to_out.0");
}

}  // namespace lorikeet::nn
