#include "adapters/lora_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/peft.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "tensor/check.hpp"

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
constexpr std::array<Foreign, 12> kForeign{{
    {".hada_", "LoHa layers"},
    {".lokr_", "LoKr layers"},
    {".dora_scale", "DoRA layers"},
    {".lora_magnitude_vector", "DoRA layers"},
    {".oft_", "OFT layers"},
    {".lora_mid", "layers of a LoCon in Tucker form"},
    {".diff_", "full differences of layers"},
    {".w_norm", "trained norms"},
    {".b_norm", "trained norms"},
    {".lora_A.", "LoRA layers in a layout of peft that is for other models"},
    {".lora.down.", "LoRA layers in a layout of diffusers that is for other models"},
    {"_lora.", "LoRA layers in an old layout of diffusers"},
}};

// Embeddings that OneTrainer puts into the file of a LoRA.
bool is_bundled_embedding(std::string_view name) { return name.starts_with("bundle_emb."); }

bool is_foreign(std::string_view name) {
    return name.ends_with(".diff") || std::any_of(kForeign.begin(), kForeign.end(), [&](const auto& foreign) {
               return name.find(foreign.part) != std::string_view::npos;
           });
}

[[noreturn]] void refuse(const std::string& source, const std::string& name) {
    for (const auto& foreign : kForeign)
        if ((name + "_").find(foreign.part) !=
            std::string::npos)  // ".diff" at the end, never model.diffusion_model
            base::fail(
                ErrorCode::Unsupported,
                fmt::format("{} holds {} ({}), which Lorikeet does not read.", source, foreign.what,
                            base::printable_start(name, 80)),
                "Plain LoRAs and LoCons are read, in the layouts of kohya, peft and diffusers. Convert or "
                "extract it to one of these with the program that made it.");
    base::fail(ErrorCode::Unsupported,
               fmt::format("{} is not a LoRA: it holds {}.", source, base::printable_start(name, 80)),
               "A LoRA file holds names that end in lora_down.weight, lora_up.weight and alpha, or in "
               "lora_A.weight and lora_B.weight.");
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

std::string not_finite_in(const LoraEntry& entry) {
    for (const auto& [name, tensor] : {std::pair{"lora_down", &entry.down}, {"lora_up", &entry.up}})
        if (const auto found = tensor::find_not_finite(*tensor))
            return fmt::format("{} in {}", io::words_for(*found), name);
    return "";
}

// The layer's name when `name` ends so.
std::optional<std::string> layer_of(const std::string& name, std::string_view ending) {
    if (!name.ends_with(ending) || name.size() == ending.size()) return std::nullopt;
    return name.substr(0, name.size() - ending.size());
}

// kohya's names as they are, those of peft and diffusers by kohya's.
std::optional<LoraName> parse_name(const std::string& name) {
    if (auto peft = parse_peft_name(name)) return peft;
    if (const auto layer = layer_of(name, kDown)) return LoraName{*layer, LoraTensor::Down};
    if (const auto layer = layer_of(name, kUp)) return LoraName{*layer, LoraTensor::Up};
    if (const auto layer = layer_of(name, kAlpha)) return LoraName{*layer, LoraTensor::Alpha};
    return std::nullopt;
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
    const bool swapped = entry.down.size(0) == shape.out && entry.up.size(1) == shape.in;
    if (!fits)
        base::fail(
            ErrorCode::Corrupt,
            fmt::format(
                "The LoRA's {} has lora_down {} and lora_up {}; this model's layer goes from {} to {}.",
                target.name, shape_text(entry.down), shape_text(entry.up), shape.in, shape.out),
            swapped ? "lora_down and lora_up are swapped in this layer; save it again with the program that "
                      "made it."
                    : "The LoRA was made for another kind of model.");
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

namespace {

[[noreturn]] void fail_broken(const std::string& source, const std::string& layer,
                              const std::string& trouble) {
    base::fail(ErrorCode::Corrupt,
               fmt::format("{}: the layer {} {}.", source, base::printable_start(layer, 120), trouble),
               "The file is damaged or was cut off; fetch or save it again.");
}

}  // namespace

LoraFile parse_lora(const tensor::NamedTensors& tensors, io::Metadata metadata, const std::string& source) {
    LoraFile file{.entries = {}, .metadata = std::move(metadata), .source = base::printable(source)};
    std::map<std::string, double> alphas;
    for (const auto& [name, tensor] : tensors) {
        const auto parsed = parse_name(name);
        if (!parsed && is_foreign(name)) refuse(file.source, name);
        if (!parsed) {
            file.left_out.push_back(name);
            continue;
        }
        const auto& layer = parsed->layer;
        if (parsed->what == LoraTensor::Alpha) {
            alphas[layer] = read_alpha(tensor, file.source, base::printable(name));
            continue;
        }
        auto& entry = file.entries[layer];
        auto& half = parsed->what == LoraTensor::Down ? entry.down : entry.up;
        if (half.defined()) fail_broken(file.source, layer, "is there twice, under two names");
        half = tensor;
    }
    for (auto& [layer, entry] : file.entries) {
        if (const auto alpha = alphas.find(layer); alpha != alphas.end()) entry.alpha = alpha->second;
        if (const auto trouble = trouble_with(entry)) fail_broken(file.source, layer, *trouble);
        if (entry.alpha == 0) {
            file.zero_alphas += alphas.contains(layer) ? 1 : 0;
            entry.alpha = static_cast<double>(entry.rank());
        }
        entry.not_finite = not_finite_in(entry);
    }
    if (file.entries.empty()) refuse(file.source, tensors.empty() ? "nothing" : tensors.begin()->first);
    return file;
}

LoraFile read_lora(const base::Path& path) {
    const tensor::WeightFile weights(path);
    tensor::NamedTensors tensors;
    for (const auto& entry : weights.entries()) tensors[entry.name] = weights.get(entry.name);
    const auto source = path.filename().string();
    auto file = parse_lora(tensors, weights.metadata(), source);
    const bool peft = std::any_of(weights.entries().begin(), weights.entries().end(),
                                  [](const auto& entry) { return parse_peft_name(entry.name).has_value(); });
    if (!peft) return file;
    const auto config = read_peft_config(path, weights.metadata());
    if (config.is_dora) refuse(file.source, "adapter_config.json: use_dora, .dora_scale");
    const bool has_alpha = std::any_of(weights.entries().begin(), weights.entries().end(),
                                       [](const auto& entry) { return entry.name.ends_with(kAlpha); });
    if (!has_alpha)
        for (auto& [layer, entry] : file.entries)
            entry.alpha = config.alpha_of(layer, entry.rank()).value_or(entry.alpha);
    return file;
}

namespace {

// In one sentence; empty when there is nothing.
std::string words_for_left_out(const LoraFile& file) {
    std::set<std::string> words;  // "bundle_emb.mybird.clip_l": of the word mybird
    std::size_t others = 0;
    for (const auto& name : file.left_out)
        if (is_bundled_embedding(name))
            words.insert(base::printable_start(base::split(name, ".").at(1), 40));
        else if (++others == 1)
            words.insert(base::printable_start(name, 80));
    if (words.empty()) return "";
    const bool embeddings = others < file.left_out.size();
    const auto more = others > 1 ? fmt::format(" and {} more tensors", others - 1) : "";
    return fmt::format(
        "{} also holds {}{}{}, which {} not used{}.", file.source,
        !embeddings         ? ""
        : words.size() == 1 ? "the embedding "
                            : "embeddings: ",
        fmt::join(words, ", "), more, words.size() == 1 && more.empty() ? "is" : "are",
        embeddings ? ": the words of a prompt keep the meaning that the model gives them" : "");
}

}  // namespace

std::vector<std::string> notes_on(const LoraFile& file) {
    std::vector<std::string> notes;
    if (auto words = words_for_left_out(file); !words.empty()) notes.push_back(std::move(words));
    if (file.zero_alphas > 0)
        notes.push_back(fmt::format(
            "{}: alpha is 0 in {} of {} layers, which counts as the rank there, as in kohya's scripts.",
            file.source, file.zero_alphas, file.entries.size()));
    const auto negative = std::count_if(file.entries.begin(), file.entries.end(),
                                        [](const auto& entry) { return entry.second.alpha < 0; });
    if (negative > 0)
        notes.push_back(fmt::format("{}: alpha is negative in {} of {} layers, so these are subtracted.",
                                    file.source, negative, file.entries.size()));
    constexpr double kUsual = 64;  // times as strong as its numbers
    const auto strong = std::count_if(file.entries.begin(), file.entries.end(),
                                      [](const auto& entry) { return entry.second.scale() > kUsual; });
    if (strong > 0)
        notes.push_back(
            fmt::format("{}: alpha is more than {:g} times the rank in {} of {} layers; is it right?",
                        file.source, kUsual, strong, file.entries.size()));
    return notes;
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
        if (!entry->second.not_finite.empty())
            base::fail(ErrorCode::Corrupt,
                       fmt::format("{}: the layer {} holds {}.", file.source, entry->first,
                                   entry->second.not_finite),
                       "Its training went wrong: take an earlier save of this LoRA, or train it again with a "
                       "lower learning rate.");
        fitting.given.push_back(fit_one(target, entry->second));
    }
    for (const auto& [name, entry] : file.entries)
        if (!known.contains(name)) fitting.unknown.push_back(name);
    if (fitting.given.empty())
        base::fail(
            ErrorCode::InvalidInput,
            fmt::format(
                "The LoRA fits no layer of this model; its first layer is {}.",
                file.entries.empty() ? "missing" : base::printable_start(file.entries.begin()->first, 120)),
            "It was made for another family of models, such as SDXL or Flux.");
    return fitting;
}

std::unique_ptr<Network> network_from(const LoraFile& file, const std::vector<Target>& targets,
                                      const NetworkOptions& options, std::uint64_t seed,
                                      std::vector<std::string>& unknown) {
    auto fitting = fit(file, targets);
    unknown = std::move(fitting.unknown);
    std::vector<Given> all;  // in the order of the targets, so that chance is drawn as for a fresh network
    auto next = fitting.given.begin();
    for (const auto& target : targets) {
        const bool in_file = next != fitting.given.end() && next->target.name == target.name;
        all.push_back(in_file ? std::move(*next++) : Given{target, {}, {}, 0});
    }
    return std::make_unique<Network>(std::move(all), options, seed);
}

}  // namespace lorikeet::adapters
