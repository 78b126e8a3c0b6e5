#include "models/unet_stages.hpp"

#include <string>

#include "base/error.hpp"
#include "tensor/recompute.hpp"

namespace lorikeet::models {

namespace {

nn::ImageTransformer transformer_of(const UnetSpec& spec, std::int64_t width, std::int64_t depth) {
    return nn::ImageTransformer(
        {{width, spec.context_width, spec.heads_of(width)}, spec.groups, depth, spec.projection});
}

UnetBlock resnet_block_of(const UnetSpec& spec, std::size_t level, std::int64_t in) {
    UnetBlock block;
    block.resnet.emplace(nn::ResnetShape{in, spec.widths[level], spec.time_width(), spec.groups});
    if (spec.depths[level] > 0)
        block.transformer = transformer_of(spec, spec.widths[level], spec.depths[level]);
    return block;
}

// Channels that leave each input block: what the way up takes back, last first.
std::vector<std::int64_t> skip_widths(const UnetSpec& spec) {
    std::vector<std::int64_t> widths = {spec.widths.front()};
    for (std::size_t level = 0; level < spec.levels(); ++level) {
        for (std::int64_t i = 0; i < spec.blocks; ++i) widths.push_back(spec.widths[level]);
        if (level + 1 < spec.levels()) widths.push_back(spec.widths[level]);
    }
    return widths;
}

}  // namespace

at::Tensor UnetBlock::operator()(at::Tensor x, const UnetSignals& signals, at::IntArrayRef up_size) const {
    if (conv_in) x = (*conv_in)(x);
    if (down) x = (*down)(x);
    if (resnet) x = tensor::as_block(*resnet, x, signals.time);
    if (transformer) x = (*transformer)(x, signals.context);
    if (up) x = (*up)(x, up_size);
    return x;
}

void UnetBlock::visit(nn::Visitor& visitor, std::string_view name) {
    const nn::Visitor::Scope scope(visitor, name);
    int place = 0;
    const auto each = [&](auto& layer) {
        if (layer) layer->visit(visitor, std::to_string(place++));
    };
    each(conv_in);
    each(down);
    each(resnet);
    each(transformer);
    each(up);
}

UnetMiddle::UnetMiddle(const UnetSpec& spec)
    : first({spec.widths.back(), spec.widths.back(), spec.time_width(), spec.groups}),
      transformer(transformer_of(spec, spec.widths.back(), spec.middle_depth)),
      second({spec.widths.back(), spec.widths.back(), spec.time_width(), spec.groups}) {}

at::Tensor UnetMiddle::operator()(at::Tensor x, const UnetSignals& signals) const {
    x = tensor::as_block(first, x, signals.time);
    x = transformer(x, signals.context);
    return tensor::as_block(second, x, signals.time);
}

void UnetMiddle::visit(nn::Visitor& visitor, std::string_view name) {
    const nn::Visitor::Scope scope(visitor, name);
    first.visit(visitor, "0");
    transformer.visit(visitor, "1");
    second.visit(visitor, "2");
}

std::vector<UnetBlock> input_blocks_of(const UnetSpec& spec) {
    base::expects(!spec.widths.empty() && spec.depths.size() == spec.levels(), "one depth for each level");
    std::vector<UnetBlock> blocks(1);
    blocks.back().conv_in = nn::conv3x3(spec.in_channels, spec.widths.front());
    auto width = spec.widths.front();
    for (std::size_t level = 0; level < spec.levels(); ++level) {
        for (std::int64_t i = 0; i < spec.blocks; ++i) {
            blocks.push_back(resnet_block_of(spec, level, width));
            width = spec.widths[level];
        }
        if (level + 1 < spec.levels()) blocks.emplace_back().down.emplace(width);
    }
    return blocks;
}

std::vector<UnetBlock> output_blocks_of(const UnetSpec& spec) {
    std::vector<UnetBlock> blocks;
    auto skips = skip_widths(spec);
    auto width = spec.widths.back();
    for (std::size_t level = spec.levels(); level-- > 0;) {
        for (std::int64_t i = 0; i <= spec.blocks; ++i) {
            blocks.push_back(resnet_block_of(spec, level, width + skips.back()));
            skips.pop_back();
            width = spec.widths[level];
        }
        if (level > 0) blocks.back().up.emplace(width);
    }
    return blocks;
}

}  // namespace lorikeet::models
