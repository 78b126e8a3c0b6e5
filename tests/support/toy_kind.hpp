// A kind of adapter that only tests have, and all that it takes to have one: a scale for each output channel of a layer, near
// (IA)3's, applied by weight:  W' = W (1 + strength * scale).  While a ToyKind lives, jobs train it and files of it are read.
#pragma once

#include <array>
#include <memory>

#include "adapters/kind.hpp"
#include "base/error.hpp"

namespace lorikeet::support {

class OutputScale : public adapters::Module {
  public:
    static constexpr std::string_view kScale = ".output_scale";

    OutputScale(at::Tensor given, const adapters::ModuleControl& control)
        : Module(control), scale(std::move(given)) {}
    adapters::ModuleTensors tensors() override { return {{{kScale, &scale}}, {}}; }
    at::Tensor delta(const at::Tensor& weight, double strength) const override {
        std::vector<std::int64_t> sizes(static_cast<std::size_t>(weight.dim()), 1);
        sizes[0] = -1;
        return weight * (strength * scale.to(weight.device(), at::kFloat).view(sizes));
    }
    at::Tensor scale;  // [out]

  protected:
    nn::By way() const override { return nn::By::Weight; }
};

inline std::optional<std::string> settle_toy(adapters::LayerTensors& layer) {
    if (layer.begin()->second.dim() != 1) return "has an output_scale that is no row of numbers";
    return std::nullopt;
}
inline adapters::LayerTensors fit_toy(const adapters::Target& target, const adapters::LayerTensors& layer) {
    const auto& scale = layer.begin()->second;
    if (scale.size(0) != target.shape.out)
        base::fail(base::ErrorCode::Corrupt, target.name + " has an output_scale " +
                                                 adapters::shape_text(scale) + " that does not fit.");
    return layer;
}
inline adapters::ModuleFacts facts_of_toy(const adapters::LayerTensors&) { return {}; }
inline std::unique_ptr<adapters::Module> fresh_toy(const adapters::Target& target,
                                                   const adapters::FreshOptions&,
                                                   const adapters::ModuleControl& control, std::uint64_t) {
    return std::make_unique<OutputScale>(at::zeros({target.shape.out}), control);
}
inline std::unique_ptr<adapters::Module> toy_from(const adapters::Target&,
                                                  const adapters::LayerTensors& layer,
                                                  const adapters::ModuleControl& control, std::uint64_t) {
    return std::make_unique<OutputScale>(layer.begin()->second, control);
}
inline std::int64_t numbers_of_toy(const nn::ConvShape& shape, std::int64_t) { return shape.out; }

inline constexpr std::array kToyParameters{OutputScale::kScale};
inline constexpr adapters::Kind kToy{.name = "toy",
                                     .words = "a toy adapter",
                                     .parameters = kToyParameters,
                                     .buffers = {},
                                     .has_rank = false,
                                     .settle = settle_toy,
                                     .fit = fit_toy,
                                     .facts = facts_of_toy,
                                     .fresh = fresh_toy,
                                     .from = toy_from,
                                     .numbers = numbers_of_toy,
                                     .kohya_module = "toys.scale",
                                     .kohya_args = R"({"algo": "toy"})"};

struct ToyKind {
    base::ScopedRow<adapters::Kind> scoped{adapters::kind_table(), kToy};
};

}  // namespace lorikeet::support
