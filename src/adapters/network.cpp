#include "adapters/network.hpp"

#include <utility>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::adapters {
namespace {

constexpr std::string_view kDownName = ".lora_down.weight";
constexpr std::string_view kUpName = ".lora_up.weight";

bool is_trained(const NetworkOptions& options, Half half) {
    return half == Half::Unet ? options.train_unet : options.train_text;
}

std::string named(const Module& module, std::string_view ending) {
    return module.target.name + std::string(ending);
}

at::Tensor trainable_copy(const at::Tensor& values, at::Device device) {
    const auto options = at::TensorOptions(device).dtype(at::kFloat);
    return values.detach().to(options, /*non_blocking=*/false, /*copy=*/true).contiguous().requires_grad_();
}

std::vector<Given> all_fresh(std::vector<Target> targets) {
    std::vector<Given> given;
    for (auto& target : targets) given.push_back({std::move(target), {}, {}, 0});
    return given;
}

const at::Tensor& fitting(const tensor::NamedTensors& tensors, const std::string& name,
                          const at::Tensor& like) {
    const auto found = tensors.find(name);
    if (found == tensors.end() || found->second.sizes() != like.sizes())
        base::fail(base::ErrorCode::Corrupt, fmt::format("The saved LoRA does not hold a fitting {}.", name),
                   "It was trained with another rank or for another model; begin a new run.");
    return found->second;
}

}  // namespace

Network::Network(std::vector<Target> targets, const NetworkOptions& options, std::uint64_t seed)
    : Network(all_fresh(std::move(targets)), options, seed) {}

Network::Network(std::vector<Given> given, const NetworkOptions& options, std::uint64_t seed)
    : control_{.dropout = options.dropout, .seed = seed, .window = {}},
      dropout_(options.dropout),
      compute_(options.compute) {
    std::uint64_t index = 0;
    for (auto& one : given) {
        ++index;  // counted for every target: training one half alone begins it with the same numbers
        if (!is_trained(options, one.target.half)) continue;
        auto lora = one.down.defined()
                        ? std::make_unique<Lora>(one.target, one.down, one.up, one.alpha, control_, index)
                        : std::make_unique<Lora>(one.target, options.rank, options.alpha, control_, index);
        lora->down = trainable_copy(lora->down, options.device);
        lora->up = trainable_copy(lora->up, options.device);
        modules_.push_back({std::move(one.target), std::move(lora)});
    }
    attach();
}

void Network::attach() {
    if (modules_.empty())
        base::fail(base::ErrorCode::InvalidInput, "There is nothing to train: no layer takes a LoRA.",
                   "Set adapter.train_unet or adapter.train_text to true.");
    for (auto& module : modules_) module.target.slot->add(*module.lora);
}

Network::~Network() {
    for (auto& module : modules_) module.target.slot->remove(*module.lora);
}

Parameters Network::parameters(Half half) const {
    Parameters parameters;
    for (const auto& module : modules_) {
        if (module.target.half != half) continue;
        parameters.names.push_back(named(module, kDownName));
        parameters.tensors.push_back(module.lora->down);
        parameters.names.push_back(named(module, kUpName));
        parameters.tensors.push_back(module.lora->up);
    }
    return parameters;
}

tensor::NamedTensors Network::tensors() const {
    tensor::NamedTensors tensors;
    for (const auto& module : modules_) {
        tensors[named(module, kDownName)] = module.lora->down.detach();
        tensors[named(module, kUpName)] = module.lora->up.detach();
        tensors[named(module, ".alpha")] = at::scalar_tensor(module.lora->alpha, at::kDouble);
    }
    return tensors;
}

void Network::load(const tensor::NamedTensors& tensors) {
    const at::NoGradGuard no_grad;
    for (auto& module : modules_) {
        const auto& down = fitting(tensors, named(module, kDownName), module.lora->down);
        const auto& up = fitting(tensors, named(module, kUpName), module.lora->up);
        const auto& alpha = fitting(tensors, named(module, ".alpha"), at::zeros({}));
        module.lora->down.copy_(down);
        module.lora->up.copy_(up);
        module.lora->alpha = alpha.item<double>();
    }
    weights_moved();
}

void Network::begin_step(std::uint64_t step, std::uint64_t micro_batch, const Window& window) {
    constexpr unsigned kBitsOfMicroBatch = 20;
    control_.draw = (step << kBitsOfMicroBatch) + micro_batch;
    control_.window = window;
    cast_weights();
}

void Network::cast_weights() {
    if (compute_ == at::kFloat) return;  // they are as they should be
    const at::NoGradGuard no_grad;
    if (casts_.empty())
        for (auto& module : modules_) {
            auto& lora = *module.lora;
            for (const auto& [master, cast] :
                 {std::pair{&lora.down, &lora.down_cast}, {&lora.up, &lora.up_cast}}) {
                masters_.push_back(master->detach().flatten(1));
                casts_.push_back(*cast = at::empty_like(masters_.back(),
                                                        masters_.back().options().dtype(compute_)));
            }
        }
    at::_foreach_copy_(casts_, masters_);
    control_.cast = true;
}

}  // namespace lorikeet::adapters
