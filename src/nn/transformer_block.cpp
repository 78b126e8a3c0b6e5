#include "nn/transformer_block.hpp"

#include <string>

#include "nn/gated.hpp"
#include "tensor/recompute.hpp"

namespace lorikeet::nn {

namespace {

AttentionShape self_attention(const AttentionShape& shape) { return {shape.width, shape.width, shape.heads}; }

std::variant<Conv2d, Linear> projection_of(const ImageTransformerShape& shape) {
    const auto width = shape.attention.width;
    if (shape.projection == Projection::Linear) return Linear(width, width);
    return conv1x1(width, width);
}

// An image as a row of tokens, [B, C, h, w] to [B, h w, C], and back. Views of an image in channels-last order.
at::Tensor to_tokens(const at::Tensor& image) { return image.permute({0, 2, 3, 1}).flatten(1, 2); }
at::Tensor to_image(const at::Tensor& tokens, std::int64_t height, std::int64_t width) {
    return tokens.unflatten(1, {height, width}).permute({0, 3, 1, 2});
}

}  // namespace

GatedFeedForward::GatedFeedForward(std::int64_t width) : expand(width, 8 * width), shrink(4 * width, width) {}

at::Tensor GatedFeedForward::operator()(const at::Tensor& x) const {
    return shrink(gated_gelu(expand(x)));  // [B, T, width]
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
      proj_in(projection_of(shape)),
      blocks(static_cast<std::size_t>(shape.depth), TransformerBlock(shape.attention)),
      proj_out(projection_of(shape)) {}

at::Tensor ImageTransformer::operator()(const at::Tensor& x, const at::Tensor& context) const {
    const auto height = x.size(2), width = x.size(3);
    const auto* linear_in = std::get_if<Linear>(&proj_in);
    auto tokens = linear_in ? (*linear_in)(to_tokens(norm(x)))
                            : to_tokens(std::get<Conv2d>(proj_in)(norm(x)));  // [B, h w, C]
    for (const auto& block : blocks) tokens = tensor::as_block(block, tokens, context);
    const auto* linear_out = std::get_if<Linear>(&proj_out);
    return x + (linear_out ? to_image((*linear_out)(tokens), height, width)
                           : std::get<Conv2d>(proj_out)(to_image(tokens, height, width)));
}

void ImageTransformer::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name, BlockKind::Transformer);
    norm.visit(visitor, "norm");
    std::visit([&](auto& layer) { layer.visit(visitor, "proj_in"); }, proj_in);
    for (std::size_t i = 0; i < blocks.size(); ++i)
        blocks[i].visit(visitor, "transformer_blocks." + std::to_string(i));
    std::visit([&](auto& layer) { layer.visit(visitor, "proj_out"); }, proj_out);
}

}  // namespace lorikeet::nn
