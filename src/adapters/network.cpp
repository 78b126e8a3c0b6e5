#include "adapters/network.hpp"

#include <utility>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/flat.hpp"

namespace lorikeet::adapters {
namespace {

bool is_trained(const NetworkOptions& options, Half half) {
    return half == Half::Unet ? options.train_unet : options.train_text;
}

std::string named(const PlacedModule& module, std::string_view ending) {
    return module.target.name + std::string(ending);
}

std::vector<Given> all_fresh(std::vector<Target> targets) {
    std::vector<Given> given;
    for (auto& target : targets) given.push_back({std::move(target)});
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
        const auto& kind = one.is_fresh() ? *options.kind : *one.kind;
        auto module = one.is_fresh() ? kind.fresh(one.target, {options.rank, options.alpha}, control_, index)
                                     : kind.from(one.target, one.tensors, control_, index);
        modules_.push_back({std::move(one.target), &kind, std::move(module)});
    }
    lay_flat(Half::Text, options.device);
    lay_flat(Half::Unet, options.device);
    attach();
}

// In the order in which an optimizer takes them.
void Network::lay_flat(Half half, at::Device device) {
    std::vector<at::Tensor*> places;
    std::vector<at::Tensor> values;
    for (const auto& placed : modules_) {
        if (placed.target.half != half) continue;
        for (const auto& parameter : placed.module->tensors().parameters) {
            places.push_back(parameter.tensor);
            values.push_back(parameter.tensor->detach());
        }
    }
    const auto views = tensor::lay_flat(values, device, at::kFloat);
    for (std::size_t i = 0; i < places.size(); ++i) *places[i] = views[i].requires_grad_();
}

void Network::attach() {
    if (modules_.empty())
        base::fail(base::ErrorCode::InvalidInput, "There is nothing to train: no layer takes a LoRA.",
                   "Set adapter.train_unet or adapter.train_text to true.");
    for (auto& placed : modules_) placed.target.slot->add(*placed.module);
}

Network::~Network() {
    for (auto& placed : modules_) placed.target.slot->remove(*placed.module);
}

LayerTensors PlacedModule::tensors() const {
    LayerTensors tensors;
    const auto own = module->tensors();
    for (const auto& parameter : own.parameters)
        tensors[std::string(parameter.ending)] = parameter.tensor->detach();
    for (const auto& buffer : own.buffers)
        tensors[std::string(buffer.ending)] = at::scalar_tensor(*buffer.value, at::kDouble);
    return tensors;
}

Parameters Network::parameters(Half half) const {
    Parameters parameters;
    for (const auto& placed : modules_) {
        if (placed.target.half != half) continue;
        for (const auto& parameter : placed.module->tensors().parameters) {
            parameters.names.push_back(named(placed, parameter.ending));
            parameters.tensors.push_back(*parameter.tensor);
        }
    }
    return parameters;
}

tensor::NamedTensors Network::tensors() const {
    tensor::NamedTensors tensors;
    for (const auto& placed : modules_)
        for (auto& [ending, tensor] : placed.tensors()) tensors[named(placed, ending)] = tensor;
    return tensors;
}

void Network::load(const tensor::NamedTensors& tensors) {
    const at::NoGradGuard no_grad;
    for (const auto& placed : modules_) {
        const auto own = placed.module->tensors();
        for (const auto& parameter : own.parameters)
            parameter.tensor->copy_(fitting(tensors, named(placed, parameter.ending), *parameter.tensor));
        for (const auto& buffer : own.buffers)
            *buffer.value = fitting(tensors, named(placed, buffer.ending), at::zeros({})).item<double>();
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
    if (casts_.empty()) lay_casts();
    if (casts_.empty()) return;  // of a kind that computes in float32
    at::_foreach_copy_(casts_, masters_);
    control_.cast = true;
}

// The casts lie as their masters do, so that a whole stretch is cast at once; each begins at a cache line too.
void Network::lay_casts() {
    std::vector<Parameter> wanted;
    for (const auto& placed : modules_)
        for (const auto& parameter : placed.module->tensors().parameters)
            if (parameter.cast != nullptr) wanted.push_back(parameter);
    const auto bytes = static_cast<std::int64_t>(c10::elementSize(compute_));
    for (std::size_t first = 0, end = 0; first < wanted.size(); first = end) {
        auto numbers = wanted[first].tensor->numel();
        for (end = first + 1; end < wanted.size(); ++end) {
            if (numbers * bytes % tensor::kFlatAlignment != 0 ||
                !tensor::is_followed_by(*wanted[end - 1].tensor, *wanted[end].tensor))
                break;
            numbers += wanted[end].tensor->numel();
        }
        masters_.push_back(tensor::stretch_from(*wanted[first].tensor, numbers));
        casts_.push_back(at::empty_like(masters_.back(), masters_.back().options().dtype(compute_)));
        std::int64_t begin = 0;
        for (auto i = first; i < end; ++i) {
            const auto& master = *wanted[i].tensor;
            *wanted[i].cast = casts_.back().narrow(0, begin, master.numel()).view({master.size(0), -1});
            begin += master.numel();
        }
    }
}

}  // namespace lorikeet::adapters
