#include "adapters/lora_file.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"

namespace lorikeet::adapters {
namespace {

using base::ErrorCode;

constexpr std::string_view kDown = ".lora_down.weight";
constexpr std::string_view kUp = ".lora_up.weight";
constexpr std::string_view kAlpha = ".alpha";

struct Foreign {
    std::string_view part;
    std::string_view what;
};
constexpr std::array<Foreign, 11> kForeign{{
    {".hada_", "a LoHa"},
    {".lokr_", "a LoKr"},
    {".dora_scale", "a DoRA"},
    {".oft_", "an OFT"},
    {".lora_mid", "a LoCon in Tucker form"},
    {".diff", "a file of full differences"},
    {".w_norm", "a file of trained norms"},
    {".lora_A.", "a LoRA in PEFT's layout"},
    {".lora.down.", "a LoRA in diffusers' layout"},
    {".lora.up.", "a LoRA in diffusers' layout"},
    {"_lora.", "a LoRA in an old layout of diffusers"},
}};

[[noreturn]] void refuse(const std::string& source, const std::string& name) {
    for (const auto& foreign : kForeign)
        if (name.find(foreign.part) != std::string::npos)
            base::fail(
                ErrorCode::Unsupported,
                fmt::format("{} is {}, not a LoRA in kohya's layout.", source, foreign.what),
                "Only files with lora_down and lora_up are read; convert it with the program that made it.");
    base::fail(ErrorCode::Unsupported, fmt::format("{} is not a LoRA: it holds {}.", source, name),
               "A LoRA file holds names that end in lora_down.weight, lora_up.weight and alpha.");
}

std::string shape_text(const at::Tensor& tensor) {
    return fmt::format("[{}]", fmt::join(tensor.sizes().begin(), tensor.sizes().end(), ", "));
}

// Nothing when the tensors belong together, else what is wrong.
std::optional<std::string> trouble_with(const LoraEntry& entry) {
    if (!entry.down.defined()) return "has no lora_down.weight";
    if (!entry.up.defined()) return "has no lora_up.weight";
    const auto &down = entry.down, &up = entry.up;
    const bool matrices = down.dim() == 2 && up.dim() == 2;
    const bool kernels = down.dim() == 4 && up.dim() == 4 && up.size(2) == 1 && up.size(3) == 1;
    if (!at::isFloatingType(down.scalar_type()) || !at::isFloatingType(up.scalar_type()))
        return "does not hold floating point numbers";
    if ((!matrices && !kernels) || down.numel() == 0 || up.numel() == 0 || up.size(1) != down.size(0))
        return fmt::format("has lora_down {} and lora_up {}, which do not belong together", shape_text(down),
                           shape_text(up));
    if (!std::isfinite(entry.alpha)) return "has an alpha that is not a number";
    return std::nullopt;
}

// The layer's name when `name` ends so.
std::optional<std::string> layer_of(const std::string& name, std::string_view ending) {
    if (!name.ends_with(ending) || name.size() == ending.size()) return std::nullopt;
    return name.substr(0, name.size() - ending.size());
}

double read_alpha(const at::Tensor& tensor, const std::string& source, const std::string& name) {
    if (tensor.numel() != 1)
        base::fail(ErrorCode::Corrupt,
                   fmt::format("{}: {} is not one number but {}.", source, name, shape_text(tensor)),
                   "The file is damaged; fetch or save it again.");
    return tensor.to(at::kDouble).item<double>();
}

// The tensor in the form that the layer has; undefined when it cannot be.
at::Tensor in_form_of(const Target& target, const at::Tensor& tensor, at::IntArrayRef kernel) {
    if (target.is_conv && tensor.dim() == 4) return tensor;
    if (target.is_conv && kernel[0] == 1) return tensor.view({tensor.size(0), tensor.size(1), 1, 1});
    if (!target.is_conv && tensor.dim() == 2) return tensor;
    if (!target.is_conv && tensor.size(2) == 1 && tensor.size(3) == 1) return tensor.flatten(1);
    return {};
}

Given fit_one(const Target& target, const LoraEntry& entry) {
    const auto& shape = target.shape;
    const std::array<std::int64_t, 1> kernel{shape.kernel};
    auto down = in_form_of(target, entry.down, kernel);
    auto up = in_form_of(target, entry.up, {1});
    const bool fits = down.defined() && up.defined() && down.size(1) == shape.in && up.size(0) == shape.out &&
                      (!target.is_conv || (down.size(2) == shape.kernel && down.size(3) == shape.kernel));
    if (!fits)
        base::fail(
            ErrorCode::Corrupt,
            fmt::format(
                "The LoRA's {} has lora_down {} and lora_up {}; this model's layer goes from {} to {}.",
                target.name, shape_text(entry.down), shape_text(entry.up), shape.in, shape.out),
            "The LoRA was made for another kind of model.");
    return {target, std::move(down), std::move(up), entry.alpha};
}

// What the legacy hash is taken with: it must not change when a title is edited later.
io::Metadata training_keys(const io::Metadata& metadata) {
    io::Metadata keys;
    for (const auto& [key, value] : metadata)
        if (key.starts_with("ss_")) keys[key] = value;
    return keys;
}

}  // namespace

LoraFile parse_lora(const tensor::NamedTensors& tensors, io::Metadata metadata, const std::string& source) {
    LoraFile file{.entries = {}, .metadata = std::move(metadata)};
    std::map<std::string, double> alphas;
    for (const auto& [name, tensor] : tensors) {
        if (const auto down_of = layer_of(name, kDown)) {
            file.entries[*down_of].down = tensor;
        } else if (const auto up_of = layer_of(name, kUp)) {
            file.entries[*up_of].up = tensor;
        } else if (const auto alpha_of = layer_of(name, kAlpha)) {
            alphas[*alpha_of] = read_alpha(tensor, source, name);
        } else {
            refuse(source, name);
        }
    }
    for (auto& [layer, entry] : file.entries) {
        const auto alpha = alphas.find(layer);
        if (alpha != alphas.end()) entry.alpha = alpha->second;
        if (const auto trouble = trouble_with(entry))
            base::fail(ErrorCode::Corrupt, fmt::format("{}: the layer {} {}.", source, layer, *trouble),
                       "The file is damaged or was cut off; fetch or save it again.");
        if (entry.alpha == 0) entry.alpha = static_cast<double>(entry.rank());
    }
    if (file.entries.empty()) refuse(source, tensors.empty() ? "nothing" : tensors.begin()->first);
    return file;
}

LoraFile read_lora(const base::Path& path) {
    const tensor::WeightFile weights(path);
    tensor::NamedTensors tensors;
    for (const auto& entry : weights.entries()) tensors[entry.name] = weights.get(entry.name);
    return parse_lora(tensors, weights.metadata(), path.filename().string());
}

void save_lora(const base::Path& path, const Network& network, at::ScalarType type,
               const io::Metadata& metadata) {
    auto tensors = network.tensors();
    for (auto& [name, tensor] : tensors) tensor = tensor.to(type);
    io::Metadata with_hashes = metadata;
    with_hashes["sshs_model_hash"] = tensor::payload_sha256(tensors);
    with_hashes["sshs_legacy_hash"] = tensor::legacy_hash(tensors, training_keys(metadata));
    tensor::save_tensors(path, tensors, with_hashes);
}

Fitting fit(const LoraFile& file, const std::vector<Target>& targets) {
    Fitting fitting;
    std::set<std::string> known;
    for (const auto& target : targets) {
        auto entry = file.entries.find(target.name);
        if (entry == file.entries.end() && !target.alias.empty()) entry = file.entries.find(target.alias);
        if (entry == file.entries.end()) continue;
        known.insert(entry->first);
        fitting.given.push_back(fit_one(target, entry->second));
    }
    for (const auto& [name, entry] : file.entries)
        if (!known.contains(name)) fitting.unknown.push_back(name);
    if (fitting.given.empty())
        base::fail(ErrorCode::InvalidInput,
                   fmt::format("The LoRA fits no layer of this model; its first layer is {}.",
                               file.entries.empty() ? "missing" : file.entries.begin()->first),
                   "It was made for another family of models, such as SDXL or Flux.");
    return fitting;
}

std::unique_ptr<Network> network_from(const LoraFile& file, const std::vector<Target>& targets,
                                      const NetworkOptions& options, std::uint64_t seed,
                                      std::vector<std::string>& unknown) {
    auto fitting = fit(file, targets);
    unknown = std::move(fitting.unknown);
    return std::make_unique<Network>(std::move(fitting.given), options, seed);
}

}  // namespace lorikeet::adapters
