#include "studio/model_store.hpp"

#include <algorithm>
#include <optional>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/safetensors.hpp"
#include "models/spec.hpp"
#include "tensor/weights.hpp"
#include "train/words.hpp"

namespace lorikeet::studio {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kDown = ".lora_down.weight";
constexpr std::string_view kPeftDown = ".lora_A.weight";

// "lora_unet_..." -> "U-Net"; other tools' names are told apart by what they hold.
std::string part_of(std::string_view module) {
    if (module.starts_with("lora_te1")) return "text encoder 1";
    if (module.starts_with("lora_te2")) return "text encoder 2";
    if (module.starts_with("lora_te") || module.find("text_") != std::string_view::npos)
        return "text encoder";
    return "U-Net";
}

std::optional<double> alpha_of(const tensor::WeightFile& file, const std::string& module) {
    const at::Tensor alpha = file.find(module + ".alpha");
    if (!alpha.defined() || alpha.numel() != 1) return std::nullopt;
    return alpha.to(at::kDouble).item<double>();
}

std::vector<LoraPart> lora_parts(const tensor::WeightFile& file) {
    std::map<std::string, LoraPart> parts;
    for (const auto& entry : file.entries()) {
        const std::string_view ending = entry.name.ends_with(kDown) ? kDown : kPeftDown;
        if (!entry.name.ends_with(ending) || entry.shape.empty()) continue;
        const std::string module = entry.name.substr(0, entry.name.size() - ending.size());
        LoraPart& part = parts[part_of(module)];
        ++part.modules;
        ++part.ranks[entry.shape.front()];
        if (const auto alpha = alpha_of(file, module))
            ++part.alphas[*alpha];
        else
            ++part.without_alpha;
    }
    std::vector<LoraPart> list;
    for (auto& [name, part] : parts) {
        part.part = name;
        list.push_back(std::move(part));
    }
    return list;
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

bool can_be_trained_on(models::FileKind kind) {
    return kind == models::FileKind::StableDiffusion1 || kind == models::FileKind::Sdxl;
}

std::string sentence_for(const io::SafetensorsFile& file, models::FileKind kind) {
    const std::string hint(models::hint_for(kind));
    if (can_be_trained_on(kind))
        return fmt::format("This is {}: it can be trained on and painted with.", models::name_of(kind));
    if (kind == models::FileKind::KohyaLora) {
        const auto family = models::family_of_lora(file);
        const bool known = family.empty() || family == models::name_of(models::Family::StableDiffusion1) ||
                           family == models::name_of(models::Family::Sdxl);
        const auto name = fmt::format("{}{}{}", models::name_of(kind), family.empty() ? "" : " for ", family);
        if (known)
            return fmt::format("This is {}: it can be painted with, merged and trained further.", name);
        return fmt::format("This is {}, a family that Lorikeet does not know; it knows {} and {}.", name,
                           models::name_of(models::Family::StableDiffusion1),
                           models::name_of(models::Family::Sdxl));
    }
    return fmt::format("This is {}.{}{}", models::name_of(kind), hint.empty() ? "" : " ", hint);
}

// What the file's marks say; nothing of a file whose parts do not fit, which is no reason not to tell what it holds.
std::vector<std::string> marks_of(const io::SafetensorsFile& file) {
    try {
        return train::notes_on({}, models::spec_of(file));
    } catch (const base::Error&) {
        return {};
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
    {"ss_num_train_images", "pictures (with repeats)"},
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

FileReport inspect(const base::Path& path) {
    const tensor::WeightFile file(path);
    FileReport report;
    report.file = path;
    report.bytes = file.file().file().bytes().size();
    report.tensors = static_cast<std::int64_t>(file.entries().size());
    for (const auto& entry : file.entries()) {
        report.parameters += entry.count();
        ++report.tensors_by_dtype[std::string(io::name_of(entry.dtype))];
    }
    const auto kind = models::what_is(file.file());
    report.kind = models::name_of(kind);
    report.sentence = sentence_for(file.file(), kind);
    if (can_be_trained_on(kind))
        for (const auto& line : marks_of(file.file())) report.sentence += " " + line;
    report.lora = lora_parts(file);
    report.metadata = file.metadata();
    report.facts = training_facts(report.metadata);
    return report;
}

}  // namespace lorikeet::studio
