#include "adapters/lora_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "adapters/lora.hpp"
#include "adapters/peft.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "tensor/check.hpp"

namespace lorikeet::adapters {
namespace {

using base::ErrorCode;

constexpr std::string_view kReadable =
    "Plain LoRAs and LoCons are read, in the layouts of kohya, peft and diffusers. Convert or extract it to "
    "one of "
    "these with the program that made it.";

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
            base::fail(ErrorCode::Unsupported,
                       fmt::format("{} holds {} ({}), which Lorikeet does not read.", source, foreign.what,
                                   base::printable_start(name, 80)),
                       std::string(kReadable));
    base::fail(ErrorCode::Unsupported,
               fmt::format("{} is not a LoRA: it holds {}.", source, base::printable_start(name, 80)),
               "A LoRA file holds names that end in lora_down.weight, lora_up.weight and alpha, or in "
               "lora_A.weight and lora_B.weight.");
}

// ".lora_up.weight" as messages call it.
std::string_view short_name(std::string_view ending) {
    ending.remove_prefix(1);
    constexpr std::string_view kWeight = ".weight";
    return ending.ends_with(kWeight) ? ending.substr(0, ending.size() - kWeight.size()) : ending;
}

std::string not_finite_in(const LoraEntry& entry) {
    for (const auto ending : entry.kind->parameters) {
        const auto tensor = entry.tensors.find(ending);
        if (tensor == entry.tensors.end()) continue;
        if (const auto found = tensor::find_not_finite(tensor->second))
            return fmt::format("{} in {}", io::words_for(*found), short_name(ending));
    }
    return "";
}

at::Tensor read_buffer(const at::Tensor& tensor, const std::string& source, const std::string& name) {
    if (tensor.numel() != 1)
        base::fail(ErrorCode::Corrupt,
                   fmt::format("{}: {} is not one number but {}.", source, name, shape_text(tensor)),
                   "The file is damaged; fetch or save it again.");
    return at::scalar_tensor(tensor.to(at::kDouble).item<double>(), at::kDouble);
}

// What the legacy hash is taken with: it must not change when a title is edited later.
io::Metadata training_keys(const io::Metadata& metadata) {
    io::Metadata keys;
    for (const auto& [key, value] : metadata)
        if (key.starts_with("ss_")) keys[key] = value;
    return keys;
}

[[noreturn]] void fail_broken(const std::string& source, const std::string& layer,
                              const std::string& trouble) {
    base::fail(ErrorCode::Corrupt,
               fmt::format("{}: the layer {} {}.", source, base::printable_start(layer, 120), trouble),
               "The file is damaged or was cut off; fetch or save it again.");
}

// The kind of a layer, and what the file leaves out.
void settle(LoraEntry& entry, const std::string& source, const std::string& layer) {
    entry.kind = kind_of(entry.tensors);
    if (entry.kind == nullptr) fail_broken(source, layer, "holds tensors of several kinds of adapters");
    if (const auto trouble = entry.kind->settle(entry.tensors)) fail_broken(source, layer, *trouble);
    entry.not_finite = not_finite_in(entry);
    entry.adds_zero = entry.not_finite.empty() && entry.kind->adds_zero != nullptr &&
                      entry.kind->adds_zero(entry.tensors);
}

// Told: what counts as the rank may have been meant as nothing.
bool has_zero_alpha(const LoraEntry& entry) {
    const auto alpha = entry.tensors.find(kAlphaEnding);
    return alpha != entry.tensors.end() && alpha->second.item<double>() == 0;
}

bool holds_only_buffers(const LoraEntry& entry) {
    return std::all_of(entry.tensors.begin(), entry.tensors.end(),
                       [](const auto& named) { return is_buffer(named.first); });
}

}  // namespace

std::optional<TensorName> layer_tensor(const std::string& name) {
    const auto peft = parse_peft_name(name);
    if (!peft) return split_name(name);
    switch (peft->what) {
        case LoraTensor::Down: return TensorName{peft->layer, std::string(kDownEnding)};
        case LoraTensor::Up: return TensorName{peft->layer, std::string(kUpEnding)};
        case LoraTensor::Alpha: break;
    }
    return TensorName{peft->layer, std::string(kAlphaEnding)};
}

LoraFile parse_lora(const tensor::NamedTensors& tensors, io::Metadata metadata, const std::string& source) {
    LoraFile file{.entries = {}, .metadata = std::move(metadata), .source = base::printable(source)};
    for (const auto& [name, tensor] : tensors) {
        const auto parsed = layer_tensor(name);
        if (!parsed && is_foreign(name)) refuse(file.source, name);
        if (!parsed) {
            file.left_out.push_back(name);
            continue;
        }
        auto& held = file.entries[parsed->layer].tensors[parsed->ending];
        if (is_buffer(parsed->ending)) {
            held = read_buffer(tensor, file.source, base::printable(name));
            continue;
        }
        if (held.defined()) fail_broken(file.source, parsed->layer, "is there twice, under two names");
        held = tensor;
    }
    std::erase_if(file.entries, [](const auto& entry) { return holds_only_buffers(entry.second); });
    for (auto& [layer, entry] : file.entries) {
        file.zero_alphas += has_zero_alpha(entry) ? 1 : 0;
        settle(entry, file.source, layer);
    }
    if (file.entries.empty()) refuse(file.source, tensors.empty() ? "nothing" : tensors.begin()->first);
    return file;
}

const Kind* kind_in(const io::SafetensorsFile& file) {
    std::map<std::string, LoraEntry> layers;
    for (const auto& entry : file.entries()) {
        const auto parsed = layer_tensor(entry.name);
        if (parsed)
            layers[parsed->layer].tensors[parsed->ending];
        else if (is_foreign(entry.name))
            return nullptr;
    }
    std::erase_if(layers, [](const auto& layer) { return holds_only_buffers(layer.second); });
    const Kind* kind = nullptr;
    for (const auto& [name, layer] : layers) {
        const auto* found = kind_of(layer.tensors);
        if (found == nullptr || (kind != nullptr && kind != found)) return nullptr;
        kind = found;
    }
    return kind;
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
    if (!config.dora.empty())
        base::fail(ErrorCode::Unsupported,
                   fmt::format("{} is a DoRA, which Lorikeet does not read: {}.", file.source, config.dora),
                   std::string(kReadable));
    const bool has_alpha = std::any_of(weights.entries().begin(), weights.entries().end(),
                                       [](const auto& entry) { return entry.name.ends_with(kAlphaEnding); });
    if (!has_alpha)
        for (auto& [layer, entry] : file.entries) {
            const auto alpha = entry.kind == &kPlainLora ? config.alpha_of(layer, entry.facts().rank)
                                                         : std::nullopt;
            if (alpha) entry.tensors[std::string(kAlphaEnding)] = at::scalar_tensor(*alpha, at::kDouble);
        }
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
    const auto more = others > 1 ? fmt::format(" and {}", base::counted(others - 1, "more tensor")) : "";
    return fmt::format(
        "{} also holds {}{}{}, which {} not used{}.", file.source,
        !embeddings         ? ""
        : words.size() == 1 ? "the embedding "
                            : "embeddings: ",
        fmt::join(words, ", "), more, words.size() == 1 && more.empty() ? "is" : "are",
        embeddings ? ": the words of a prompt keep the meaning that the model gives them" : "");
}

}  // namespace

std::string words_for_unknown(const LoraFile& file, const std::vector<std::string>& unknown) {
    return fmt::format("{} of the {} of {} {} no place in this model{}{}.", unknown.size(),
                       base::counted(file.entries.size(), "layer"), file.source,
                       unknown.size() == 1 ? "has" : "have", unknown.size() == 1 ? ": " : ", such as ",
                       base::printable_start(unknown.front(), 120));
}

std::string words_for_zero(const LoraFile& file) {
    if (!std::all_of(file.entries.begin(), file.entries.end(),
                     [](const auto& entry) { return entry.second.adds_zero; }))
        return {};
    return fmt::format(
        "{} changes nothing: what its {} would add is zero everywhere, as in a LoRA that was never trained.",
        file.source, base::counted(file.entries.size(), "layer"));
}

std::vector<std::string> notes_on(const LoraFile& file) {
    std::vector<std::string> notes;
    const auto layers = base::counted(file.entries.size(), "layer");
    if (auto words = words_for_left_out(file); !words.empty()) notes.push_back(std::move(words));
    if (file.zero_alphas > 0)
        notes.push_back(
            fmt::format("{}: alpha is 0 in {} of {}, which counts as the rank there, as in kohya's scripts.",
                        file.source, file.zero_alphas, layers));
    const auto idle = std::count_if(file.entries.begin(), file.entries.end(), [](const auto& entry) {
        const auto facts = entry.second.facts();
        return facts.rank > 0 && facts.alpha == 0;
    });
    if (idle > 0)
        notes.push_back(fmt::format("{}: alpha is 0 in {} of {}, which {} nothing.", file.source, idle,
                                    layers, idle == 1 ? "changes" : "change"));
    const auto negative = std::count_if(file.entries.begin(), file.entries.end(),
                                        [](const auto& entry) { return entry.second.facts().alpha < 0; });
    if (negative > 0)
        notes.push_back(fmt::format("{}: alpha is negative in {} of {}, so {} subtracted.", file.source,
                                    negative, layers, negative == 1 ? "that one is" : "these are"));
    constexpr double kUsual = 64;  // times as strong as its numbers
    const auto strong = std::count_if(file.entries.begin(), file.entries.end(), [](const auto& entry) {
        const auto facts = entry.second.facts();
        return facts.rank > 0 && facts.alpha > kUsual * static_cast<double>(facts.rank);
    });
    if (strong > 0)
        notes.push_back(fmt::format("{}: alpha is more than {:g} times the rank in {} of {}; is it right?",
                                    file.source, kUsual, strong, layers));
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
        const auto* kind = entry->second.kind;
        fitting.given.push_back({target, kind, kind->fit(target, entry->second.tensors)});
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
        all.push_back(in_file ? std::move(*next++) : Given{target});
    }
    return std::make_unique<Network>(std::move(all), options, seed);
}

}  // namespace lorikeet::adapters
