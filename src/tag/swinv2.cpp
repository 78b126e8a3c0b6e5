#include "tag/swinv2.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/number.hpp"

namespace lorikeet::tag {

namespace {

constexpr double kMaskedOut = -100;
constexpr double kMostScale = 100;  // of cosines

// [B, h, w, C] to [B n, window², C], windows row by row.
at::Tensor into_windows(const at::Tensor& x, std::int64_t window) {
    const auto batch = x.size(0), side = x.size(1) / window, channels = x.size(3);
    return x.view({batch, side, window, side, window, channels})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({-1, window * window, channels});
}
at::Tensor from_windows(const at::Tensor& windows, std::int64_t window, std::int64_t grid) {
    const auto side = grid / window, channels = windows.size(2);
    return windows.view({-1, side, side, window, window, channels})
        .permute({0, 1, 3, 2, 4, 5})
        .reshape({-1, grid, grid, channels});
}

// Places of a window by how far they are from each other, on a logarithmic scale: [(2w - 1)², 2].
at::Tensor distances(std::int64_t window, at::TensorOptions options) {
    const auto far = static_cast<double>(std::max<std::int64_t>(window - 1, 1));
    const auto steps = at::arange(-(window - 1), window, options);
    const auto grid = at::meshgrid({steps, steps}, "ij");
    const auto scaled = at::stack({grid[0], grid[1]}, -1).view({-1, 2}) / far * 8;
    return at::sign(scaled) * at::log2(at::abs(scaled) + 1.0) / std::log2(8.0);
}

// Which of those distances lies between each two places: [N, N].
at::Tensor distance_index(std::int64_t window, at::Device device) {
    const auto steps = at::arange(window, at::TensorOptions().dtype(at::kLong).device(device));
    const auto grid = at::meshgrid({steps, steps}, "ij");
    const auto places = at::stack({grid[0].flatten(), grid[1].flatten()});      // [2, N]
    const auto apart = places.unsqueeze(2) - places.unsqueeze(1) + window - 1;  // [2, N, N]
    return apart[0] * (2 * window - 1) + apart[1];
}

// After the shift, places that were no neighbours share a window: those do not see each other. [n, N, N]
at::Tensor shift_mask(std::int64_t grid, std::int64_t window, std::int64_t shift, at::TensorOptions options) {
    const auto place = at::arange(grid, options);
    const auto band = place.ge(static_cast<double>(grid - window)).to(options.dtype()) +
                      place.ge(static_cast<double>(grid - shift)).to(options.dtype());       // 0, 1, 2
    const auto region = band.view({-1, 1}) * 3 + band.view({1, -1});                         // [grid, grid]
    const auto windows = into_windows(region.view({1, grid, grid, 1}), window).squeeze(-1);  // [n, N]
    return windows.unsqueeze(1).ne(windows.unsqueeze(2)).to(options.dtype()) * kMaskedOut;
}

}  // namespace

SwinBlock::SwinBlock(const SwinV2Spec& spec, const SwinStageSpec& of, std::int64_t grid_side, bool shifted)
    : stage(of),
      grid(grid_side),
      window(std::min(spec.window, grid_side)),
      shift(shifted && grid_side > spec.window ? spec.window / 2 : 0),
      bias_width(spec.bias_width),
      activation(spec.activation),
      qkv(of.width, 3 * of.width),
      proj(of.width, of.width),
      norm1(of.width, spec.eps),
      fc1(of.width, of.mlp),
      fc2(of.mlp, of.width),
      norm2(of.width, spec.eps) {}

void SwinBlock::prepare() {
    const auto options = at::TensorOptions().dtype(at::kFloat).device(logit_scale.device());
    qkv.bias = at::cat({q_bias, at::zeros_like(q_bias), v_bias}).to(at::kFloat);
    scale = at::clamp_max(logit_scale.to(at::kFloat), std::log(kMostScale)).exp();
    const auto table = at::linear(
        at::relu(at::linear(distances(window, options), cpb_in.to(at::kFloat), cpb_in_bias.to(at::kFloat))),
        cpb_out.to(at::kFloat));  // [(2w - 1)², heads]
    bias = 16 * at::sigmoid(
                    table.index({distance_index(window, options.device())}).permute({2, 0, 1}).contiguous())
                    .unsqueeze(0);  // [1, heads, N, N]
    if (shift > 0) bias = bias + shift_mask(grid, window, shift, options).unsqueeze(1);
}

at::Tensor SwinBlock::attend(const at::Tensor& windows) const {
    const auto parts = qkv(windows)
                           .view({windows.size(0), windows.size(1), 3, stage.heads, -1})
                           .permute({2, 0, 3, 1, 4});  // [3, B n, heads, N, d]
    const auto unit = [](const at::Tensor& x) {
        const auto wide = x.to(at::kFloat);
        return wide / wide.norm(2, {-1}, /*keepdim=*/true).clamp_min(1e-12);
    };
    const auto query = unit(parts[0]) * scale, key = unit(parts[1]);
    const auto batch = windows.size(0) / ((grid / window) * (grid / window));
    const auto mask = shift > 0 && batch > 1 ? bias.repeat({batch, 1, 1, 1}) : bias;
    at::Tensor seen;
    // Cosines are multiplied by up to a hundred: rounded to 16 bits they would be off by half.
    {
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        seen = at::scaled_dot_product_attention(query, key, parts[2].to(at::kFloat), mask,
                                                /*dropout_p=*/0.0, /*is_causal=*/false, /*scale=*/1.0);
    }
    return proj(seen.transpose(1, 2).flatten(2));  // [B n, N, C]
}

at::Tensor SwinBlock::operator()(const at::Tensor& x) const {
    const auto shifted = shift > 0 ? at::roll(x, {-shift, -shift}, {1, 2}) : x;
    const auto seen = from_windows(attend(into_windows(shifted, window)), window, grid);
    const auto back = shift > 0 ? at::roll(seen, {shift, shift}, {1, 2}) : seen;
    const auto h = x + norm1(back.to(at::kFloat));  // norms come behind, not before
    return h + norm2(fc2(activate(activation, fc1(h))).to(at::kFloat));
}

void SwinBlock::visit(nn::Visitor& visitor) {
    {
        const nn::Visitor::Scope scope(visitor, "attn");
        visitor.weight(visitor.path("logit_scale"), logit_scale, {stage.heads, 1, 1});
        visitor.weight(visitor.path("q_bias"), q_bias, {stage.width});
        visitor.weight(visitor.path("v_bias"), v_bias, {stage.width});
        visitor.weight(visitor.path("cpb_mlp.0.weight"), cpb_in, {bias_width, 2});
        visitor.weight(visitor.path("cpb_mlp.0.bias"), cpb_in_bias, {bias_width});
        visitor.weight(visitor.path("cpb_mlp.2.weight"), cpb_out, {stage.heads, bias_width});
        {
            const nn::Visitor::Scope layer(visitor, "qkv");
            visitor.layer(visitor.path(), qkv);
            visitor.weight(visitor.path("weight"), qkv.weight, {3 * stage.width, stage.width});
        }
        proj.visit(visitor, "proj");
    }
    norm1.visit(visitor, "norm1");
    {
        const nn::Visitor::Scope scope(visitor, "mlp");
        fc1.visit(visitor, "fc1");
        fc2.visit(visitor, "fc2");
    }
    norm2.visit(visitor, "norm2");
}

SwinV2Spec SwinV2::spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config) {
    SwinV2Spec spec;
    spec.patch = shapes.side("patch_embed.proj.weight", 2);
    spec.outputs = shapes.side("head.fc.weight", 0);
    spec.bias_width = shapes.side("layers.0.blocks.0.attn.cpb_mlp.0.weight", 0);
    (void)shapes.side("layers.0.blocks.0.norm1.weight", 0);  // there is a stage
    const auto count = shapes.count("layers.", ".blocks.0.norm1.weight");
    for (std::int64_t i = 0; i < count; ++i) {
        const auto block = fmt::format("layers.{}.blocks.", i);
        spec.stages.push_back({shapes.side(block + "0.norm1.weight", 0), shapes.count(block, ".norm1.weight"),
                               shapes.side(block + "0.attn.logit_scale", 0),
                               shapes.side(block + "0.mlp.fc1.weight", 0)});
    }
    if (config) {
        spec.activation = config->activation.value_or(spec.activation);
        spec.image_px = config->image_px.value_or(spec.image_px);
        spec.eps = config->norm_eps.value_or(spec.eps);
        if (!config->window && !config->architecture.empty())
            base::fail(base::ErrorCode::Unsupported,
                       "config.json does not say how large the windows of this SwinV2 are.",
                       "Add \"window_size\" to its model_args; the WD v3 tagger has 14.");
        spec.window = config->window.value_or(spec.window);
    }
    auto grid = spec.image_px / spec.patch;
    for (std::size_t i = 0; i < spec.stages.size(); ++i, grid /= 2) {
        const auto window = std::min(grid, spec.window);
        const bool halves_well = i + 1 == spec.stages.size() || grid % 2 == 0;
        if (window < 1 || grid % window != 0 || !halves_well || spec.stages[i].heads < 1 ||
            spec.stages[i].width % spec.stages[i].heads != 0)
            base::fail(
                base::ErrorCode::Unsupported,
                fmt::format(
                    "Images of {} px do not divide into the windows of this SwinV2 ({} patches of {} px).",
                    spec.image_px, spec.window, spec.patch),
                "Download weights and config.json from one place.");
    }
    return spec;
}

SwinV2::SwinV2(SwinV2Spec spec)
    : spec_(std::move(spec)),
      facts_{"SwinV2", spec_.image_px, spec_.outputs},
      patch_embed_(nn::ConvShape{3, spec_.stages.front().width, spec_.patch, spec_.patch, 0}),
      patch_norm_(spec_.stages.front().width, spec_.eps),
      norm_(spec_.stages.back().width, spec_.eps),
      head_{spec_.stages.back().width, spec_.outputs, {}, {}} {
    auto grid = spec_.image_px / spec_.patch;
    for (std::size_t i = 0; i < spec_.stages.size(); ++i) {
        SwinStage stage;
        if (i > 0) {
            grid /= 2;
            stage.halves = true;
            stage.reduction = nn::Linear(4 * spec_.stages[i - 1].width, spec_.stages[i].width, nn::Bias::No);
            stage.norm = nn::LayerNorm(spec_.stages[i].width, spec_.eps);
        }
        for (std::int64_t k = 0; k < spec_.stages[i].depth; ++k)
            stage.blocks.emplace_back(spec_, spec_.stages[i], grid, k % 2 == 1);
        stages_.push_back(std::move(stage));
    }
}

at::Tensor SwinV2::operator()(const at::Tensor& pixels) const {
    auto x =
        patch_norm_(patch_embed_(pixels).permute({0, 2, 3, 1}).to(at::kFloat).contiguous());  // [B, h, w, C]
    for (const auto& stage : stages_) {
        if (stage.halves) {
            const auto half = x.size(1) / 2, channels = x.size(3);
            const auto four = x.view({-1, half, 2, half, 2, channels}).permute({0, 1, 3, 4, 2, 5}).flatten(3);
            x = stage.norm(stage.reduction(four).to(at::kFloat));
        }
        for (const auto& block : stage.blocks) x = block(x);
    }
    return head_(norm_(x).mean({1, 2}));  // [B, outputs]
}

void SwinV2::visit(nn::Visitor& visitor) {
    patch_embed_.visit(visitor, "patch_embed.proj");
    patch_norm_.visit(visitor, "patch_embed.norm");
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, "layers." + std::to_string(i));
        if (stages_[i].halves) {
            const nn::Visitor::Scope down(visitor, "downsample");
            stages_[i].reduction.visit(visitor, "reduction");
            stages_[i].norm.visit(visitor, "norm");
        }
        for (std::size_t k = 0; k < stages_[i].blocks.size(); ++k) {
            const nn::Visitor::Scope block(visitor, "blocks." + std::to_string(k));
            stages_[i].blocks[k].visit(visitor);
        }
    }
    norm_.visit(visitor, "norm");
    head_.visit(visitor, "head.fc");
}

void SwinV2::prepare() {
    for (auto& stage : stages_)
        for (auto& block : stage.blocks) block.prepare();
}

}  // namespace lorikeet::tag
