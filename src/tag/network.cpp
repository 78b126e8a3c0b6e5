#include "tag/network.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "tag/convnext.hpp"
#include "tag/eva02.hpp"
#include "tag/swinv2.hpp"
#include "tag/vit.hpp"

namespace lorikeet::tag {

namespace {

using Config = std::optional<ModelConfig>;

struct NetworkRow {
    const char* weight;  // that no other of them has
    std::unique_ptr<TaggerNetwork> (*make)(const WeightShapes& shapes, const Config& config);
};

template <class N>
std::unique_ptr<TaggerNetwork> made(const WeightShapes& shapes, const Config& config) {
    return std::make_unique<N>(N::spec_of(shapes, config));
}

constexpr NetworkRow kNetworks[] = {{"blocks.0.mlp.fc1_g.weight", &made<Eva02>},
                                    {"blocks.0.attn.qkv.weight", &made<Vit>},
                                    {"layers.0.blocks.0.attn.logit_scale", &made<SwinV2>},
                                    {"stages.0.blocks.0.conv_dw.weight", &made<ConvNext>}};

}  // namespace

std::unique_ptr<TaggerNetwork> make_network(const WeightShapes& shapes, const Config& config) {
    const auto* row = std::find_if(std::begin(kNetworks), std::end(kNetworks),
                                   [&](const NetworkRow& each) { return shapes.has(each.weight); });
    if (row == std::end(kNetworks))
        base::fail(base::ErrorCode::Unsupported, "These weights are of no tagger that this program knows.",
                   "It knows the WD v3 taggers: ViT, ViT-large, ConvNeXt, SwinV2 and EVA02-large. "
                   "`lorikeet inspect` tells what a file holds.");
    auto network = row->make(shapes, config);
    if (config && config->outputs && *config->outputs != network->facts().outputs)
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("config.json speaks of {}, and the weights have {}.",
                               base::counted(*config->outputs, "tag"), network->facts().outputs),
                   "The two are of different taggers. Download both from one place.");
    return network;
}

at::Tensor activate(Activation activation, const at::Tensor& x) {
    return at::gelu(x, activation == Activation::GeluTanh ? "tanh" : "none");
}

at::Tensor ScoreHead::operator()(const at::Tensor& features) const {
    const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    return at::linear(features.to(at::kFloat), weight, bias);
}

void ScoreHead::visit(nn::Visitor& visitor, std::string_view name) {
    const nn::Visitor::Scope scope(visitor, name);
    visitor.weight(visitor.path("weight"), weight, {outputs, width});
    visitor.weight(visitor.path("bias"), bias, {outputs});
}

}  // namespace lorikeet::tag
