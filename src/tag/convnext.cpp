#include "tag/convnext.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::tag {

namespace {

// Between [B, h, w, C] and [B, C, h, w] of the same memory: convolutions take it as channels last.
at::Tensor channels_second(const at::Tensor& x) { return x.permute({0, 3, 1, 2}); }
at::Tensor channels_behind(const at::Tensor& x) { return x.permute({0, 2, 3, 1}); }

}  // namespace

ConvNextBlock::ConvNextBlock(const ConvNextSpec& spec, const ConvNextStageSpec& stage)
    : width(stage.width),
      kernel(spec.kernel),
      has_scale(spec.has_scale),
      activation(spec.activation),
      norm(stage.width, spec.eps),
      fc1(stage.width, stage.mlp),
      fc2(stage.mlp, stage.width) {}

at::Tensor ConvNextBlock::operator()(const at::Tensor& x) const {
    const auto near = at::conv2d(channels_second(x), conv_weight, conv_bias, /*stride=*/1, kernel / 2,
                                 /*dilation=*/1, /*groups=*/width);  // [B, C, h, w]
    const auto rows = norm(channels_behind(near).to(at::kFloat));    // [B, h, w, C]
    const auto added = fc2(activate(activation, fc1(rows)));         // [B, h, w, C]
    return has_scale ? at::addcmul(x, added.to(x.scalar_type()), gamma) : x + added;
}

void ConvNextBlock::visit(nn::Visitor& visitor) {
    visitor.weight(visitor.path("conv_dw.weight"), conv_weight, {width, 1, kernel, kernel});
    visitor.weight(visitor.path("conv_dw.bias"), conv_bias, {width});
    norm.visit(visitor, "norm");
    {
        const nn::Visitor::Scope scope(visitor, "mlp");
        fc1.visit(visitor, "fc1");
        fc2.visit(visitor, "fc2");
    }
    if (has_scale) visitor.weight(visitor.path("gamma"), gamma, {width});
}

ConvNextSpec ConvNext::spec_of(const WeightShapes& shapes, const std::optional<ModelConfig>& config) {
    ConvNextSpec spec;
    spec.patch = shapes.side("stem.0.weight", 2);
    spec.kernel = shapes.side("stages.0.blocks.0.conv_dw.weight", 2);
    spec.has_scale = shapes.has("stages.0.blocks.0.gamma");
    spec.outputs = shapes.side("head.fc.weight", 0);
    (void)shapes.side("stages.0.blocks.0.norm.weight", 0);  // there is a stage
    const auto count = shapes.count("stages.", ".blocks.0.norm.weight");
    for (std::int64_t i = 0; i < count; ++i) {
        const auto block = fmt::format("stages.{}.blocks.", i);
        spec.stages.push_back({shapes.side(block + "0.norm.weight", 0), shapes.count(block, ".norm.weight"),
                               shapes.side(block + "0.mlp.fc1.weight", 0)});
    }
    if (config) {
        spec.activation = config->activation.value_or(spec.activation);
        spec.image_px = config->image_px.value_or(spec.image_px);
        spec.eps = config->norm_eps.value_or(spec.eps);
        if (config->pool == Pool::Token)
            base::fail(base::ErrorCode::Unsupported,
                       "config.json asks a ConvNeXt for a class token, which it has not.",
                       "Download weights and config.json from one place.");
    }
    return spec;
}

ConvNext::ConvNext(ConvNextSpec spec)
    : spec_(std::move(spec)),
      facts_{"ConvNeXt", spec_.image_px, spec_.outputs},
      stem_(nn::ConvShape{3, spec_.stages.front().width, spec_.patch, spec_.patch, 0}),
      stem_norm_(spec_.stages.front().width, spec_.eps),
      head_norm_(spec_.stages.back().width, spec_.eps),
      head_{spec_.stages.back().width, spec_.outputs, {}, {}} {
    for (std::size_t i = 0; i < spec_.stages.size(); ++i) {
        ConvNextStage stage;
        if (i > 0) {
            stage.halves = true;
            stage.norm = nn::LayerNorm(spec_.stages[i - 1].width, spec_.eps);
            stage.down = nn::Conv2d({spec_.stages[i - 1].width, spec_.stages[i].width, 2, 2, 0});
        }
        for (std::int64_t k = 0; k < spec_.stages[i].depth; ++k)
            stage.blocks.emplace_back(spec_, spec_.stages[i]);
        stages_.push_back(std::move(stage));
    }
}

at::Tensor ConvNext::operator()(const at::Tensor& pixels) const {
    const auto image = pixels.contiguous(at::MemoryFormat::ChannelsLast);
    auto x = stem_norm_(channels_behind(stem_(image)).to(at::kFloat));  // [B, h, w, C]
    for (const auto& stage : stages_) {
        if (stage.halves)
            x = channels_behind(stage.down(channels_second(stage.norm(x)))).to(at::kFloat).contiguous();
        for (const auto& block : stage.blocks) x = block(x);
    }
    return head_(head_norm_(x.mean({1, 2})));  // [B, outputs]
}

void ConvNext::visit(nn::Visitor& visitor) {
    stem_.visit(visitor, "stem.0");
    stem_norm_.visit(visitor, "stem.1");
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        const nn::Visitor::Scope scope(visitor, "stages." + std::to_string(i));
        if (stages_[i].halves) {
            stages_[i].norm.visit(visitor, "downsample.0");
            stages_[i].down.visit(visitor, "downsample.1");
        }
        for (std::size_t k = 0; k < stages_[i].blocks.size(); ++k) {
            const nn::Visitor::Scope block(visitor, "blocks." + std::to_string(k));
            stages_[i].blocks[k].visit(visitor);
        }
    }
    head_norm_.visit(visitor, "head.norm");
    head_.visit(visitor, "head.fc");
}

}  // namespace lorikeet::tag
