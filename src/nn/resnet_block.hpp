// The convolutions of a UNet: a residual block that hears the timestep, and the steps between sizes.
//
// Golden   tests/golden/unet_parts.safetensors
#pragma once

#include <optional>

#include <ATen/ATen.h>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"

namespace lorikeet::nn {

struct ResnetShape {
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t time_width = 0;
    std::int64_t groups = 32;
};

// skip(x) + conv2(silu(norm2(conv1(silu(norm1(x))) + W time))).
//
// Shapes   x [B, in, h, w];  time [B, time_width], already through silu;  result [B, out, h, w].
// Source   Ho et al. 2020, arXiv:2006.11239, appendix B.
struct ResnetBlock {
    GroupNorm norm1;
    Conv2d conv1;
    Linear time_proj;
    GroupNorm norm2;
    Conv2d conv2;
    std::optional<Conv2d> skip;  // where the channels change

    ResnetBlock() = default;
    explicit ResnetBlock(const ResnetShape& shape);
    at::Tensor operator()(const at::Tensor& x, const at::Tensor& time) const;
    void visit(Visitor& visitor, std::string_view name);
};

// Half the size, by a convolution with stride 2.
// Shapes   x [B, C, h, w];  result [B, C, ceil(h / 2), ceil(w / 2)].
struct Downsample {
    Conv2d conv;

    Downsample() = default;
    explicit Downsample(std::int64_t channels);
    at::Tensor operator()(const at::Tensor& x) const { return conv(x); }
    void visit(Visitor& visitor, std::string_view name);
};

// Twice the size by repeating pixels, or one less where the way down had rounded up; then a convolution.
// Shapes   x [B, C, h, w];  size is {h', w'};  result [B, C, h', w'].
struct Upsample {
    Conv2d conv;

    Upsample() = default;
    explicit Upsample(std::int64_t channels);
    at::Tensor operator()(const at::Tensor& x, at::IntArrayRef size) const;
    void visit(Visitor& visitor, std::string_view name);
};

}  // namespace lorikeet::nn
