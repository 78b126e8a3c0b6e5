// The blocks a UNet is made of, as the checkpoint's layout cuts them: input_blocks.N, middle_block,
// output_blocks.N are rows of up to three layers, numbered in order.
#pragma once

#include <optional>
#include <vector>

#include <ATen/ATen.h>

#include "nn/conv.hpp"
#include "nn/resnet_block.hpp"
#include "nn/transformer_block.hpp"

namespace lorikeet::models {

// The sizes of a UNet.
struct UnetSpec {
    std::int64_t in_channels = 4;
    std::int64_t out_channels = 4;
    std::vector<std::int64_t> widths = {320, 640, 1280, 1280};  // channels of each level
    std::int64_t blocks = 2;                                    // residual blocks of a level on the way down
    std::vector<std::int64_t> depths = {1, 1, 1, 0};            // transformer blocks beside each of them
    std::int64_t middle_depth = 1;
    std::int64_t heads = 8;
    std::int64_t head_width = 0;  // not 0: as many heads of this width as fit, and `heads` is not read
    std::int64_t context_width = 768;
    std::int64_t vector_width = 0;  // of what it is told besides timestep and text; 0: nothing
    nn::Projection projection = nn::Projection::Conv;
    std::int64_t groups = 32;

    std::size_t levels() const { return widths.size(); }
    std::int64_t time_width() const { return 4 * widths.front(); }
    std::int64_t heads_of(std::int64_t width) const { return head_width > 0 ? width / head_width : heads; }
    bool operator==(const UnetSpec&) const = default;
};

// What every block hears besides the image.
struct UnetSignals {
    at::Tensor time;     // [B, time_width], what the vector says added, through silu
    at::Tensor context;  // [B, T, context_width]
};

// One block of the way down or up. What it does not have is left out.
struct UnetBlock {
    std::optional<nn::Conv2d> conv_in;
    std::optional<nn::Downsample> down;
    std::optional<nn::ResnetBlock> resnet;
    std::optional<nn::ImageTransformer> transformer;
    std::optional<nn::Upsample> up;

    // `up_size` is the {h, w} to grow to; only read by a block that has `up`.
    at::Tensor operator()(at::Tensor x, const UnetSignals& signals, at::IntArrayRef up_size = {}) const;
    void visit(nn::Visitor& visitor, std::string_view name);
};

// The bottom: residual block, transformer, residual block.
struct UnetMiddle {
    nn::ResnetBlock first;
    nn::ImageTransformer transformer;
    nn::ResnetBlock second;

    UnetMiddle() = default;
    explicit UnetMiddle(const UnetSpec& spec);
    at::Tensor operator()(at::Tensor x, const UnetSignals& signals) const;
    void visit(nn::Visitor& visitor, std::string_view name);
};

std::vector<UnetBlock> input_blocks_of(const UnetSpec& spec);
std::vector<UnetBlock> output_blocks_of(const UnetSpec& spec);

}  // namespace lorikeet::models
