#include "models/vae.hpp"

#include <string>
#include <utility>

#include "base/error.hpp"

namespace lorikeet::models {

namespace {

constexpr double kNormEps = 1e-6;
constexpr double kLogvarMin = -30.0;
constexpr double kLogvarMax = 20.0;

nn::GroupNorm norm_of(std::int64_t groups, std::int64_t width) { return {groups, width, kNormEps}; }

// In place where no gradient needs the tensor as it was: at 1024 px one activation is half a gigabyte.
at::Tensor plus(at::Tensor x, const at::Tensor& y) { return x.requires_grad() ? x + y : x.add_(y); }

// Half the size. The checkpoints were trained with zeros on the right and below alone.
at::Tensor halve(const nn::Conv2d& conv, const at::Tensor& x) {
    return conv(at::constant_pad_nd(x, {0, 1, 0, 1}));
}

at::Tensor twice(const nn::Conv2d& conv, const at::Tensor& x) {
    return conv(at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}));
}

std::string numbered(std::string_view name, std::size_t number) {
    return std::string(name) + "." + std::to_string(number);
}

void visit_levels(std::vector<VaeLevel>& levels, nn::Visitor& visitor, std::string_view name,
                  std::string_view resample) {
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, numbered(name, i));
        for (std::size_t j = 0; j < levels[i].block.size(); ++j) {
            levels[i].block[j].visit(visitor, numbered("block", j));
        }
        if (levels[i].resample) levels[i].resample->visit(visitor, resample);
    }
}

at::ScalarType dtype_of(const nn::Conv2d& conv) {
    base::expects(conv.weight.defined(), "the weights of a VAE are loaded before it is used");
    return conv.weight.scalar_type();
}

VaeSpec checked_vae(VaeSpec spec) {
    base::expects(!spec.widths.empty() && spec.blocks > 0 && spec.latent_channels > 0 && spec.groups > 0,
                  "a VAE has at least one level, block, channel and group");
    for (const auto width : spec.widths) {
        base::expects(width > 0 && width % spec.groups == 0, "the groups of a VAE divide its widths");
    }
    return spec;
}

}  // namespace

VaeResnet::VaeResnet(std::int64_t in, std::int64_t out, std::int64_t groups)
    : norm1(norm_of(groups, in)),
      conv1(nn::conv3x3(in, out)),
      norm2(norm_of(groups, out)),
      conv2(nn::conv3x3(out, out)) {
    if (in != out) nin_shortcut = nn::conv1x1(in, out);
}

at::Tensor VaeResnet::operator()(const at::Tensor& x) const {
    auto h = conv1(norm1.then_silu(x));
    h = conv2(norm2.then_silu(h));
    return plus(std::move(h), nin_shortcut ? (*nin_shortcut)(x) : x);
}

void VaeResnet::visit(nn::Visitor& visitor, std::string_view name) {
    const nn::Visitor::Scope scope(visitor, name);
    norm1.visit(visitor, "norm1");
    conv1.visit(visitor, "conv1");
    norm2.visit(visitor, "norm2");
    conv2.visit(visitor, "conv2");
    if (nin_shortcut) nin_shortcut->visit(visitor, "nin_shortcut");
}

VaeAttention::VaeAttention(std::int64_t width, std::int64_t groups)
    : norm(norm_of(groups, width)),
      q(nn::conv1x1(width, width)),
      k(nn::conv1x1(width, width)),
      v(nn::conv1x1(width, width)),
      proj_out(nn::conv1x1(width, width)) {}

at::Tensor VaeAttention::operator()(const at::Tensor& x) const {
    // Dense rows of features, or ATen takes the way that holds all T x T scores at once.
    const auto tokens = [](const at::Tensor& map) {
        return map.flatten(2).transpose(1, 2).unsqueeze(1).contiguous();  // [B, 1, T, C]
    };
    const auto h = norm(x);  // [B, C, h, w]
    const auto seen =
        at::scaled_dot_product_attention(tokens(q(h)), tokens(k(h)), tokens(v(h)));  // [B, 1, T, C]
    return plus(proj_out(seen.squeeze(1).transpose(1, 2).reshape(x.sizes())), x);
}

void VaeAttention::visit(nn::Visitor& visitor, std::string_view name) {
    const nn::Visitor::Scope scope(visitor, name);
    norm.visit(visitor, "norm");
    q.visit(visitor, "q");
    k.visit(visitor, "k");
    v.visit(visitor, "v");
    proj_out.visit(visitor, "proj_out");
}

VaeMiddle::VaeMiddle(std::int64_t width, std::int64_t groups)
    : block_1(width, width, groups), attn_1(width, groups), block_2(width, width, groups) {}

at::Tensor VaeMiddle::operator()(const at::Tensor& x) const { return block_2(attn_1(block_1(x))); }

void VaeMiddle::visit(nn::Visitor& visitor) {
    const nn::Visitor::Scope scope(visitor, "mid");
    block_1.visit(visitor, "block_1");
    attn_1.visit(visitor, "attn_1");
    block_2.visit(visitor, "block_2");
}

VaeEncoder::VaeEncoder(const VaeSpec& spec)
    : conv_in(nn::conv3x3(3, spec.widths.front())),
      mid(spec.widths.back(), spec.groups),
      norm_out(norm_of(spec.groups, spec.widths.back())),
      conv_out(nn::conv3x3(spec.widths.back(), 2 * spec.latent_channels)) {
    auto width = spec.widths.front();
    for (std::size_t i = 0; i < spec.widths.size(); ++i) {
        VaeLevel level;
        for (std::int64_t j = 0; j < spec.blocks; ++j) {
            level.block.emplace_back(width, spec.widths[i], spec.groups);
            width = spec.widths[i];
        }
        if (i + 1 < spec.widths.size()) level.resample = nn::Conv2d({width, width, 3, 2, 0});
        down.push_back(std::move(level));
    }
}

at::Tensor VaeEncoder::operator()(const at::Tensor& pixels) const {
    // Everything behind works on channels-last images; from these few channels the order of memory comes cheapest.
    auto h = conv_in(pixels.contiguous(at::MemoryFormat::ChannelsLast));
    for (const auto& level : down) {
        for (const auto& block : level.block) h = block(h);
        if (level.resample) h = halve(*level.resample, h);
    }
    return conv_out(norm_out.then_silu(mid(h)));
}

void VaeEncoder::visit(nn::Visitor& visitor) {
    const nn::Visitor::Scope scope(visitor, "encoder");
    conv_in.visit(visitor, "conv_in");
    visit_levels(down, visitor, "down", "downsample.conv");
    mid.visit(visitor);
    norm_out.visit(visitor, "norm_out");
    conv_out.visit(visitor, "conv_out");
}

VaeDecoder::VaeDecoder(const VaeSpec& spec)
    : conv_in(nn::conv3x3(spec.latent_channels, spec.widths.back())),
      mid(spec.widths.back(), spec.groups),
      norm_out(norm_of(spec.groups, spec.widths.front())),
      conv_out(nn::conv3x3(spec.widths.front(), 3)) {
    auto width = spec.widths.back();
    up.resize(spec.widths.size());
    for (std::size_t i = spec.widths.size(); i-- > 0;) {
        for (std::int64_t j = 0; j <= spec.blocks; ++j) {
            up[i].block.emplace_back(width, spec.widths[i], spec.groups);
            width = spec.widths[i];
        }
        if (i > 0) up[i].resample = nn::conv3x3(width, width);
    }
}

at::Tensor VaeDecoder::operator()(const at::Tensor& latents) const {
    auto h = mid(conv_in(latents.contiguous(at::MemoryFormat::ChannelsLast)));
    for (auto level = up.rbegin(); level != up.rend(); ++level) {
        for (const auto& block : level->block) h = block(h);
        if (level->resample) h = twice(*level->resample, h);
    }
    return conv_out(norm_out.then_silu(h));
}

void VaeDecoder::visit(nn::Visitor& visitor) {
    const nn::Visitor::Scope scope(visitor, "decoder");
    conv_in.visit(visitor, "conv_in");
    mid.visit(visitor);
    visit_levels(up, visitor, "up", "upsample.conv");
    norm_out.visit(visitor, "norm_out");
    conv_out.visit(visitor, "conv_out");
}

Vae::Vae(VaeSpec vae_spec)
    : spec(checked_vae(std::move(vae_spec))),
      encoder(spec),
      decoder(spec),
      quant_conv(nn::conv1x1(2 * spec.latent_channels, 2 * spec.latent_channels)),
      post_quant_conv(nn::conv1x1(spec.latent_channels, spec.latent_channels)) {}

LatentDistribution Vae::encode(const at::Tensor& pixels) const {
    base::expects(pixels.dim() == 4 && pixels.size(1) == 3, "pixels are [B, 3, H, W]");
    base::expects(pixels.size(2) % spec.factor() == 0 && pixels.size(3) % spec.factor() == 0,
                  "the sides of an image are multiples of the VAE's factor");
    const auto both = quant_conv(encoder(pixels.to(dtype_of(quant_conv)))).to(at::kFloat);
    // In the order that files have, so that sums over fresh latents and over kept ones are the same to the last bit.
    const auto moments = both.contiguous().chunk(2, 1);
    return {moments[0], moments[1].clamp(kLogvarMin, kLogvarMax)};
}

at::Tensor Vae::decode(const at::Tensor& latents) const {
    base::expects(latents.dim() == 4 && latents.size(1) == spec.latent_channels,
                  "latents are [B, latent channels, h, w]");
    return decoder(post_quant_conv(latents.to(dtype_of(post_quant_conv)))).to(at::kFloat).contiguous();
}

void Vae::visit(nn::Visitor& visitor) {
    encoder.visit(visitor);
    decoder.visit(visitor);
    quant_conv.visit(visitor, "quant_conv");
    post_quant_conv.visit(visitor, "post_quant_conv");
}

void Vae::visit_encoder(nn::Visitor& visitor) {
    encoder.visit(visitor);
    quant_conv.visit(visitor, "quant_conv");
}

void Vae::visit_decoder(nn::Visitor& visitor) {
    decoder.visit(visitor);
    post_quant_conv.visit(visitor, "post_quant_conv");
}

}  // namespace lorikeet::models
