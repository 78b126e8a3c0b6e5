#include "nn/resnet_block.hpp"

namespace lorikeet::nn {

ResnetBlock::ResnetBlock(const ResnetShape& shape)
    : norm1(shape.groups, shape.in, 1e-5),
      conv1(conv3x3(shape.in, shape.out)),
      time_proj(shape.time_width, shape.out),
      norm2(shape.groups, shape.out, 1e-5),
      conv2(conv3x3(shape.out, shape.out)) {
    if (shape.in != shape.out) skip = conv1x1(shape.in, shape.out);
}

at::Tensor ResnetBlock::operator()(const at::Tensor& x, const at::Tensor& time) const {
    const auto signal = time_proj(time).unsqueeze(-1).unsqueeze(-1);  // [B, out, 1, 1]
    const auto inner = conv1(norm1.then_silu(x)) + signal;            // [B, out, h, w]
    const auto update = conv2(norm2.then_silu(inner));                // [B, out, h, w]
    return (skip ? (*skip)(x) : x) + update;
}

void ResnetBlock::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name, BlockKind::Resnet);
    norm1.visit(visitor, "in_layers.0");
    conv1.visit(visitor, "in_layers.2");
    time_proj.visit(visitor, "emb_layers.1");
    norm2.visit(visitor, "out_layers.0");
    conv2.visit(visitor, "out_layers.3");
    if (skip) skip->visit(visitor, "skip_connection");
}

Downsample::Downsample(std::int64_t channels) : conv({channels, channels, 3, 2, 1}) {}

void Downsample::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name, BlockKind::Downsample);
    conv.visit(visitor, "op");
}

Upsample::Upsample(std::int64_t channels) : conv(conv3x3(channels, channels)) {}

at::Tensor Upsample::operator()(const at::Tensor& x, at::IntArrayRef size) const {
    return conv(at::upsample_nearest2d(x, size));
}

void Upsample::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name, BlockKind::Upsample);
    conv.visit(visitor, "conv");
}

}  // namespace lorikeet::nn
