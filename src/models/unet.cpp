#include "models/unet.hpp"

#include <string>

#include "base/error.hpp"

namespace lorikeet::models {

Unet::Unet(const UnetSpec& unet_spec)
    : spec(unet_spec),
      time_embed(spec.widths.front()),
      input_blocks(input_blocks_of(spec)),
      middle_block(spec),
      output_blocks(output_blocks_of(spec)),
      norm_out(spec.groups, spec.widths.front(), 1e-5),
      conv_out(nn::conv3x3(spec.widths.front(), spec.out_channels)) {
    if (spec.vector_width > 0) label_emb.emplace(spec.vector_width, spec.time_width());
}

at::Tensor Unet::operator()(const at::Tensor& noisy, const at::Tensor& timesteps, const at::Tensor& context,
                            const at::Tensor& vector) const {
    base::expects(!label_emb || vector.defined(), "a UNet of SDXL hears the caption's vector and sizes");
    const auto dtype = conv_out.weight.scalar_type();
    const auto time = label_emb ? time_embed(timesteps) + (*label_emb)(vector.to(dtype))
                                : time_embed(timesteps);
    const UnetSignals signals{at::silu(time), context.to(dtype)};
    // Channels last: tokens are a view of the image then, and convolutions need no other order.
    auto x = noisy.to(dtype).contiguous(at::MemoryFormat::ChannelsLast);  // [B, 4, h, w]
    std::vector<at::Tensor> skips;
    for (const auto& block : input_blocks) skips.push_back(x = block(x, signals));
    x = middle_block(x, signals);
    for (const auto& block : output_blocks) {
        x = at::cat({x, skips.back()}, 1);
        skips.pop_back();
        x = block(x, signals, skips.empty() ? at::IntArrayRef{} : skips.back().sizes().slice(2));
    }
    return conv_out(norm_out.then_silu(x)).to(noisy.scalar_type());
}

void Unet::visit(nn::Visitor& visitor) {
    time_embed.visit(visitor, "time_embed");
    if (label_emb) label_emb->visit(visitor, "label_emb.0");
    for (std::size_t i = 0; i < input_blocks.size(); ++i)
        input_blocks[i].visit(visitor, "input_blocks." + std::to_string(i));
    middle_block.visit(visitor, "middle_block");
    for (std::size_t i = 0; i < output_blocks.size(); ++i)
        output_blocks[i].visit(visitor, "output_blocks." + std::to_string(i));
    norm_out.visit(visitor, "out.0");
    conv_out.visit(visitor, "out.2");
}

}  // namespace lorikeet::models
