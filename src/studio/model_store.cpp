#include "studio/model_store.hpp"

#include <algorithm>
#include <optional>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/lora.hpp"
#include "adapters/lora_file.hpp"
#include "adapters/peft.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "io/finite.hpp"
#include "io/safetensors.hpp"
#include "models/file_kind.hpp"
#include "models/layout.hpp"
#include "models/model.hpp"
#include "models/quantized.hpp"
#include "tensor/weights.hpp"
#include "train/weights_kind.hpp"
#include "train/words.hpp"

namespace lorikeet::studio {

namespace {

using Json = nlohmann::json;

// "lora_unet_..." -> "U-Net"; other tools' names are told apart by what they hold.
std::string part_of(std::string_view module) {
    if (module.starts_with("lora_te1")) return "text encoder 1";
    if (module.starts_with("lora_te2")) return "text encoder 2";
    if (module.starts_with("lora_te") || module.find("text_") != std::string_view::npos)
        return "text encoder";
    return "U-Net";
}

// Of a file that is looked at because it is odd, an odd alpha is left to whoever wants to use it.
std::optional<double> alpha_in(const tensor::WeightFile& file, const std::string& name) {
    const at::Tensor alpha = file.find(name);
    if (!alpha.defined() || alpha.numel() != 1) return std::nullopt;
    return alpha.to(at::kDouble).item<double>();
}

// By name and shape alone; of numbers only those beside the parameters are read.
std::map<std::string, adapters::LayerTensors> layers_in(const tensor::WeightFile& file) {
    std::map<std::string, adapters::LayerTensors> layers;
    for (const auto& entry : file.entries()) {
        const auto name = adapters::layer_tensor(entry.name);
        if (!name) continue;
        auto& tensor = layers[name->layer][name->ending];
        if (!adapters::is_buffer(name->ending))
            tensor = at::empty(entry.shape, at::TensorOptions(at::kMeta));
        else if (const auto number = alpha_in(file, entry.name))
            tensor = at::scalar_tensor(*number, at::kDouble);
    }
    return layers;
}

void count(LoraPart& part, adapters::LayerTensors layer, std::optional<double> alpha) {
    const auto* kind = adapters::kind_of(layer);
    if (kind == nullptr || kind->settle(layer)) return;  // what is wrong with it is said elsewhere
    ++part.modules;
    const auto facts = kind->facts(layer);
    if (facts.rank > 0) ++part.ranks[facts.rank];
    if (!alpha && kind->has_rank)
        ++part.without_alpha;
    else if (kind->has_rank)
        ++part.alphas[*alpha];
}

std::vector<LoraPart> lora_parts(const tensor::WeightFile& file, const adapters::PeftConfig& config) {
    std::map<std::string, LoraPart> parts;
    for (auto& [name, layer] : layers_in(file)) {
        const auto told = layer.find(adapters::kAlphaEnding);
        std::optional<double> alpha;
        if (told != layer.end() && told->second.defined()) alpha = told->second.item<double>();
        const auto down = layer.find(adapters::kDownEnding);
        if (!alpha && down != layer.end() && down->second.dim() > 0)
            alpha = config.alpha_of(name, down->second.size(0));
        count(parts[part_of(name)], layer, alpha);
    }
    std::vector<LoraPart> list;
    for (auto& [name, part] : parts) {
        if (part.modules == 0) continue;
        part.part = name;
        list.push_back(std::move(part));
    }
    return list;
}

std::vector<BadTensor> bad_tensors(const io::SafetensorsFile& file) {
    constexpr std::uint64_t kHeld = 64 << 20;  // bytes looked at before their pages are let go
    std::vector<BadTensor> bad;
    std::uint64_t held = 0;
    for (const auto& entry : file.entries()) {
        if (const auto found = io::find_not_finite(file.bytes(entry), entry.dtype))
            bad.push_back({entry.name, io::words_for(*found)});
        if ((held += entry.end - entry.begin) < kHeld) continue;
        file.file().forget_pages();
        held = 0;
    }
    return bad;
}

// "{"10_bird": {"a lorikeet": 12, ...}}" -> "a lorikeet (12), ...": the tags seen most.
std::string frequent_tags(const std::string& text) {
    const Json folders = Json::parse(text, nullptr, false);
    if (!folders.is_object()) return "";
    std::map<std::string, std::int64_t> seen;
    for (const auto& [folder, tags] : folders.items()) {
        if (!tags.is_object()) continue;
        for (const auto& [tag, count] : tags.items())
            if (count.is_number_integer()) seen[std::string(base::trim(tag))] += count.get<std::int64_t>();
    }
    std::vector<std::pair<std::string, std::int64_t>> order(seen.begin(), seen.end());
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (order.size() > 8) order.resize(8);
    std::vector<std::string> words;
    for (const auto& [tag, count] : order) words.push_back(fmt::format("{} ({})", tag, count));
    return base::join(words, ", ");
}

std::vector<std::string> known_names() {
    std::vector<std::string> names;
    for (const auto* family : models::families()) names.emplace_back(family->name);
    return names;
}

std::string sentence_for(const io::SafetensorsFile& file, const train::WeightsKind& seen) {
    const auto kind = seen.kind;
    if (seen.family != nullptr)
        return fmt::format("This is {}: you can train on it and generate images with it.", seen.words);
    if (kind == models::FileKind::KohyaLora) {
        const auto family = models::family_of_lora(file);
        const bool known = family.empty() || models::family_named(family);
        // Of what the file does not say nothing is promised: whether its layers are a model's own is seen with that model.
        const auto name = family.empty() ? fmt::format("{} that does not name its model", seen.words)
                                         : fmt::format("{} for {}", seen.words, family);
        const std::string_view with = family.empty() ? "with a model that has its layers you can" : "you can";
        if (known && models::has_convolutions(file))
            return fmt::format(
                "This is {} with convolution layers (a LoCon): {} generate images with it and merge it; "
                "training does not reach these layers yet.",
                name, with);
        if (known)
            return fmt::format("This is {}: {} generate images with it, merge it and train it further.", name,
                               with);
        return fmt::format("This is {}, a family that Lorikeet does not know; it knows {}.", name,
                           base::join(known_names(), " and "));
    }
    const auto hint = models::hint_for(kind);
    return fmt::format("This is {}.{}{}", seen.words, hint.empty() ? "" : " ", hint);
}

// What can be done with a checkpoint, what its marks say, and what no part of the model uses.
std::string words_on_checkpoint(const tensor::WeightFile& file, const train::WeightsKind& seen) {
    try {
        const auto spec = models::spec_of(file.file());
        auto sentence = sentence_for(file.file(), seen);
        for (const auto& note : train::notes_on({}, *spec)) sentence += " " + note;
        if (const auto scaled = models::scaled_weights(file.file()); scaled > 0)
            sentence += fmt::format(" {} of its weights {} a scale beside {}, which is applied.", scaled,
                                    scaled == 1 ? "has" : "have", scaled == 1 ? "it" : "them");
        const auto unused = models::words_for_unused(models::unused_in(file.path()));
        return sentence + (unused.empty() ? "" : " ") + unused;
    } catch (const base::Error& error) {
        return fmt::format("This is {}, and it cannot be used as it is. {} {}", seen.words, error.what(),
                           error.hint());
    }
}

struct Fact {
    const char* key;
    const char* words;
};
constexpr Fact kFacts[] = {
    {"modelspec.title", "title"},
    {"modelspec.architecture", "architecture"},
    {"modelspec.prediction_type", "prediction"},
    {"ss_sd_model_name", "trained on"},
    {"ss_output_name", "name"},
    {"ss_num_train_images", "images (with repeats)"},
    {"ss_resolution", "resolution"},
    {"ss_steps", "steps"},
    {"ss_epoch", "epoch"},
    {"ss_learning_rate", "learning rate"},
    {"ss_unet_lr", "learning rate of the U-Net"},
    {"ss_text_encoder_lr", "learning rate of the text encoder"},
    {"ss_optimizer", "optimizer"},
    {"ss_lr_scheduler", "schedule"},
    {"ss_clip_skip", "clip skip"},
    {"ss_seed", "seed"},
    {"ss_training_comment", "comment"},
    {"modelspec.date", "made"},
    {"lorikeet.native_size", "native size in pixels"},
};

// Why it would be refused wherever it is used; empty for a sound one.
std::string trouble_with_lora(const base::Path& path, std::vector<std::string>& notes) {
    try {
        const auto lora = adapters::read_lora(path);
        notes = adapters::notes_on(lora);
        if (auto words = adapters::words_for_zero(lora); !words.empty()) notes.push_back(std::move(words));
        for (const auto& [layer, entry] : lora.entries)
            if (!entry.not_finite.empty())
                return fmt::format("Its layer {} holds {}.", base::printable_start(layer, 120),
                                   entry.not_finite);
        return "";
    } catch (const base::Error& error) {
        return std::string(error.what()) + " " + error.hint();
    }
}

// Of a LoRA in peft's layout, whose configuration may make it another kind.
adapters::PeftConfig peft_config_of(const tensor::WeightFile& file, FileReport& report) {
    const auto& entries = file.entries();
    if (std::none_of(entries.begin(), entries.end(),
                     [](const auto& entry) { return adapters::parse_peft_name(entry.name).has_value(); }))
        return {};
    try {
        auto config = adapters::read_peft_config(file.path(), file.metadata());
        if (config.dora.empty()) return config;
        report.kind = models::name_of(models::FileKind::Dora);
        report.sentence = sentence_for(file.file(), {models::FileKind::Dora, nullptr, report.kind});
        return config;
    } catch (const base::Error& error) {
        report.sentence = fmt::format("This is {}. {} {}", report.kind, error.what(), error.hint());
        return {};
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> training_facts(
    const std::map<std::string, std::string>& metadata) {
    std::vector<std::pair<std::string, std::string>> facts;
    for (const auto& [key, words] : kFacts) {
        const auto found = metadata.find(key);
        if (found != metadata.end() && !found->second.empty() && found->second != "None")
            facts.emplace_back(words, found->second);
    }
    const auto tags = metadata.find("ss_tag_frequency");
    if (tags != metadata.end())
        if (std::string words = frequent_tags(tags->second); !words.empty())
            facts.emplace_back("most frequent tags", std::move(words));
    return facts;
}

FileReport inspect(const base::Path& path, Numbers numbers) {
    const tensor::WeightFile file(path);
    FileReport report;
    report.file = path;
    report.bytes = file.file().file().bytes().size();
    report.tensors = static_cast<std::int64_t>(file.entries().size());
    for (const auto& entry : file.entries()) {
        report.parameters += entry.count();
        ++report.tensors_by_dtype[std::string(io::name_of(entry.dtype))];
    }
    const auto seen = train::weights_kind(file.file());
    report.kind = seen.words;
    report.sentence = seen.family != nullptr ? words_on_checkpoint(file, seen)
                                             : sentence_for(file.file(), seen);
    if (seen.kind == models::FileKind::KohyaLora && numbers == Numbers::LookThrough) {
        std::vector<std::string> notes;
        if (const auto trouble = trouble_with_lora(path, notes); !trouble.empty())
            report.sentence =
                fmt::format("This is {}, and it cannot be used as it is. {}", seen.words, trouble);
        for (const auto& note : notes) report.sentence += " " + note;
    }
    report.lora = lora_parts(file, peft_config_of(file, report));
    if (numbers == Numbers::LookThrough) report.not_finite = bad_tensors(file.file());
    report.metadata = file.metadata();
    report.facts = training_facts(report.metadata);
    return report;
}

}  // namespace lorikeet::studio
