#include "adapters/peft.hpp"

#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::adapters {

namespace {

using Json = nlohmann::json;

struct Ending {
    std::string_view text;
    LoraTensor what;
    bool of_processor = false;  // the layer's own name stands before it: "to_q_lora.down.weight"
};
constexpr std::array<Ending, 13> kEndings{{
    {".lora_A.weight", LoraTensor::Down},
    {".lora_B.weight", LoraTensor::Up},
    {".lora_A.default.weight", LoraTensor::Down},
    {".lora_B.default.weight", LoraTensor::Up},
    {".lora.down.weight", LoraTensor::Down},
    {".lora.up.weight", LoraTensor::Up},
    {".lora_linear_layer.down.weight", LoraTensor::Down},
    {".lora_linear_layer.up.weight", LoraTensor::Up},
    {"_lora.down.weight", LoraTensor::Down, true},
    {"_lora.up.weight", LoraTensor::Up, true},
    {".lora_down.weight", LoraTensor::Down},
    {".lora_up.weight", LoraTensor::Up},
    {".alpha", LoraTensor::Alpha},
}};

struct Head {
    std::string_view text;
    std::string_view kohya;
};
constexpr std::array<Head, 4> kHeads{{{"unet.", "lora_unet_"},
                                      {"diffusion_model.", "lora_unet_"},
                                      {"text_encoder_2.", "lora_te2_"},
                                      {"text_encoder.", "lora_te_"}}};

constexpr std::string_view kPeft = "base_model.model.";

std::string underscored(std::string_view path) { return base::replace_all(std::string(path), ".", "_"); }

// "encoder.layers.0" of towers without the word text_model.
std::string text_path(std::string_view path) {
    return (path.starts_with("encoder.layers.") ? "text_model." : "") + std::string(path);
}

std::optional<std::string> layer_of(std::string_view path) {
    const bool peft = path.starts_with(kPeft);
    if (peft) path.remove_prefix(kPeft.size());
    for (const auto& head : kHeads) {
        if (!path.starts_with(head.text)) continue;
        path.remove_prefix(head.text.size());
        const bool text = head.kohya.starts_with("lora_te");
        return std::string(head.kohya) + underscored(text ? text_path(path) : std::string(path));
    }
    if (!peft) return std::nullopt;
    const auto whole = text_path(path);
    return (whole.starts_with("text_model") ? "lora_te_" : "lora_unet_") + underscored(whole);
}

// "unet.a.attn1.processor.to_out_lora": the layer is a.attn1.to_out.0
std::string without_processor(std::string path) {
    path = base::replace_all(std::move(path), ".processor.", ".");
    return path.ends_with(".to_out") ? path + ".0" : path;
}

std::string part_of(std::string_view layer) {
    if (layer.starts_with("lora_te2_")) return "text_encoder_2";
    return layer.starts_with("lora_te") ? "text_encoder" : "unet";
}

// Where a person finds what a configuration says, and what to do about it.
struct Place {
    std::string words;   // "birds/adapter_config.json"
    std::string remedy;  // where something in it is wrong
};

[[noreturn]] void fail_in(const Place& place, const std::string& what) {
    base::fail(base::ErrorCode::Corrupt,
               fmt::format("{}: {}, so the LoRA's strength is not known.", place.words, what), place.remedy);
}

// Of an entry that says neither, nobody knows what is meant.
bool is_true(const Json& json, const std::string& key, const Place& place) {
    if (!json.contains(key) || json[key].is_null()) return false;
    if (!json[key].is_boolean()) fail_in(place, fmt::format("{} is neither true nor false", key));
    return json[key].get<bool>();
}

double number_in(const Json& value, const std::string& name, const Place& place) {
    if (!value.is_number()) fail_in(place, fmt::format("{} is not a number", name));
    return value.get<double>();
}

// `head` is "" in adapter_config.json and "unet." and the like in diffusers' metadata.
void take(PeftConfig& config, const Json& json, const std::string& head, const std::string& part,
          const Place& place) {
    config.by_root = is_true(json, head + "use_rslora", place) || config.by_root;
    if (const auto key = head + "use_dora"; is_true(json, key, place))
        config.dora = fmt::format("{} is true in {}", key, place.words);
    if (const auto key = head + "lora_alpha"; json.contains(key))
        config.alpha[part] = number_in(json[key], key, place);
    const auto key = head + "alpha_pattern";
    if (!json.contains(key) || json[key].is_null()) return;
    if (!json[key].is_object()) fail_in(place, fmt::format("{} is not a list of layers and numbers", key));
    for (const auto& [layer, alpha] : json[key].items())
        config.pattern[part][underscored(layer)] =
            number_in(alpha, fmt::format("The entry {} of {}", base::printable_start(layer, 80), key), place);
}

// Of a configuration that cannot be read nobody knows how strong the LoRA is meant to be.
Json parsed(const std::string& text, const Place& place) {
    auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded())
        base::fail(
            base::ErrorCode::Corrupt,
            fmt::format("{} cannot be read, since it is not JSON; so the LoRA's strength is not known.",
                        place.words),
            place.remedy);
    if (!json.is_object())
        base::fail(
            base::ErrorCode::Corrupt,
            fmt::format("{} is JSON, but not names with their values; so the LoRA's strength is not known.",
                        place.words),
            place.remedy);
    return json;
}

}  // namespace

std::optional<LoraName> parse_peft_name(std::string_view name) {
    for (const auto& ending : kEndings) {
        if (!name.ends_with(ending.text)) continue;
        auto path = std::string(name.substr(0, name.size() - ending.text.size()));
        if (ending.of_processor) path = without_processor(std::move(path));
        const auto layer = layer_of(path);
        return layer ? std::optional(LoraName{*layer, ending.what}) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<double> PeftConfig::alpha_of(std::string_view layer, std::int64_t rank) const {
    std::optional<double> found;
    for (const auto& part : {std::string(), part_of(layer)}) {
        if (const auto at = alpha.find(part); at != alpha.end()) found = at->second;
        if (const auto at = pattern.find(part); at != pattern.end())
            for (const auto& [end, own] : at->second)
                if (layer.ends_with(end)) found = own;
    }
    if (found && by_root) return *found * std::sqrt(static_cast<double>(rank));
    return found;
}

PeftConfig read_peft_config(const base::Path& lora, const io::Metadata& metadata) {
    PeftConfig config;
    const auto lora_name = base::printable(lora.filename().string());
    if (const auto said = metadata.find("lora_adapter_metadata"); said != metadata.end()) {
        const Place place{
            fmt::format("lora_adapter_metadata in the metadata of {}", lora_name),
            "The file is damaged: fetch it again, or save it again with the program that made it."};
        const auto json = parsed(said->second, place);
        for (const std::string part : {"unet", "text_encoder", "text_encoder_2"})
            take(config, json, part + ".", part, place);
    } else if (const auto file = lora.parent_path() / "adapter_config.json"; base::is_there(file)) {
        const Place place{
            base::printable(file.string()),
            fmt::format("Fetch that file again, or correct it. Where it does not belong to {}, move "
                        "one of them to another folder: without it each layer's alpha counts as its "
                        "rank.",
                        lora_name)};
        take(config, parsed(base::read_text(file), place), "", "", place);
    }
    return config;
}

}  // namespace lorikeet::adapters
