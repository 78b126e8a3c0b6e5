#include "nn/transformer_block.hpp"

#include <string>

#include "tensor/recompute.hpp"

namespace lorikeet::nn {

namespace {

AttentionShape self_attention(const AttentionShape& shape) { return {shape.width, shape.width, shape.heads}; }

}  // namespace

GatedFeedForward::GatedFeedForward(std::int64_t width) : expand(width, 8 * width), shrink(4 * width, width) {}

at::Tensor GatedFeedForward::operator()(const at::Tensor& x) const {
    const auto halves = expand(x).chunk(2, -1);      // 2 of [B, T, 4 width]
    return shrink(halves[0] * at::gelu(halves[1]));  // [B, T, width]
}

void GatedFeedForward::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    expand.visit(visitor, "net.0.proj");
    shrink.visit(visitor, "net.2");
}

TransformerBlock::TransformerBlock(AttentionShape shape)
    : norm1(shape.width),
      norm2(shape.width),
      norm3(shape.width),
      attn1(self_attention(shape)),
      attn2(shape),
      feed_forward(shape.width) {}

at::Tensor TransformerBlock::operator()(at::Tensor x, const at::Tensor& context) const {
    const auto pixels = norm1(x);
    x = x + attn1(pixels, pixels);
    x = x + attn2(norm2(x), context);
    return x + feed_forward(norm3(x));
}

void TransformerBlock::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    attn1.visit(visitor, "attn1");
    feed_forward.visit(visitor, "ff");
    attn2.visit(visitor, "attn2");
    norm1.visit(visitor, "norm1");
    norm2.visit(visitor, "norm2");
    norm3.visit(visitor, "norm3");
}

ImageTransformer::ImageTransformer(const ImageTransformerShape& shape)
    : norm(shape.groups, shape.attention.width, 1e-6),
      proj_in(conv1x1(shape.attention.width, shape.attention.width)),
      blocks(static_cast<std::size_t>(shape.depth), TransformerBlock(shape.attention)),
      proj_out(conv1x1(shape.attention.width, shape.attention.width)) {}

at::Tensor ImageTransformer::operator()(const at::Tensor& x, const at::Tensor& context) const {
    const auto height = x.size(2), width = x.size(3);
    auto tokens = proj_in(norm(x)).permute({0, 2, 3, 1}).flatten(1, 2);                  // [B, h w, C]
    for (const auto& block : blocks) tokens = tensor::as_block(block, tokens, context);  // [B, h w, C]
    const auto image = tokens.unflatten(1, {height, width}).permute({0, 3, 1, 2});       // [B, C, h, w]
    return x + proj_out(image);
}

void ImageTransformer::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name, Part::Transformer);
    norm.visit(visitor, "norm");
    proj_in.visit(visitor, "proj_in");
    for (std::size_t i = 0; i < blocks.size(); ++i)
        blocks[i].visit(visitor, "transformer_blocks." + std::to_string(i));
    proj_out.visit(visitor, "proj_out");
}

}  // namespace lorikeet::nn
