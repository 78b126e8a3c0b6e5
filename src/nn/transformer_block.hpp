// The transformer between the convolutions of a Stable Diffusion UNet.
//
// Source   Rombach et al. 2022, arXiv:2112.10752, appendix E.2.1.
// Golden   tests/golden/unet_parts.safetensors
#pragma once

#include <variant>
#include <vector>

#include <ATen/ATen.h>

#include "nn/attention.hpp"
#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"

namespace lorikeet::nn {

// Two layers with a gate between them:  W2 (a * gelu(g)),  [a, g] = W1 x. Four times as wide inside.
// Shapes   x [B, T, width];  result [B, T, width].
struct GatedFeedForward {
    Linear expand;
    Linear shrink;

    GatedFeedForward() = default;
    explicit GatedFeedForward(std::int64_t width);
    at::Tensor operator()(const at::Tensor& x) const;
    void visit(Visitor& visitor, std::string_view name);
};

// Attention among the pixels, attention to the text, feed-forward; each on a normalised copy and added.
// Shapes   x [B, T, width];  context [B, S, context_width];  result [B, T, width].
struct TransformerBlock {
    LayerNorm norm1;
    LayerNorm norm2;
    LayerNorm norm3;
    Attention attn1;
    Attention attn2;
    GatedFeedForward feed_forward;

    TransformerBlock() = default;
    explicit TransformerBlock(AttentionShape shape);
    at::Tensor operator()(at::Tensor x, const at::Tensor& context) const;
    void visit(Visitor& visitor, std::string_view name);
};

// What leads into the row of tokens and out of it: a convolution of the image (Stable Diffusion 1.x), or a layer over
// the tokens (SDXL). The same sum, but other shapes in files, of the weights and of an adapter's.
enum class Projection { Conv, Linear };

struct ImageTransformerShape {
    AttentionShape attention;
    std::int64_t groups = 32;
    std::int64_t depth = 1;
    Projection projection = Projection::Conv;
};

// An image as a row of tokens, through `depth` blocks, added to itself.
// Shapes   x [B, C, h, w];  context [B, S, context_width];  result [B, C, h, w].
struct ImageTransformer {
    GroupNorm norm;
    std::variant<Conv2d, Linear> proj_in;
    std::vector<TransformerBlock> blocks;
    std::variant<Conv2d, Linear> proj_out;

    ImageTransformer() = default;
    explicit ImageTransformer(const ImageTransformerShape& shape);
    at::Tensor operator()(const at::Tensor& x, const at::Tensor& context) const;
    void visit(Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::nn
