#include "models/layout.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::models {

namespace {

// Strings, not views: g++ 12 takes the copies for overruns otherwise.
const std::string kOneTower = "cond_stage_model.transformer.";
const std::string kFirstTower = "conditioner.embedders.0.transformer.";
const std::string kSecondTower = "conditioner.embedders.1.model.";
const std::string kTextModel = "text_model.";
const std::string kWords = "embeddings.token_embedding.weight";

}  // namespace

std::vector<TextLayout> text_layouts(const io::SafetensorsFile& file) {
    const bool two = file.find(kSecondTower + "token_embedding.weight") != nullptr;
    const auto& first = two ? kFirstTower : kOneTower;
    const bool early = file.find(first + kWords) != nullptr;
    std::vector<TextLayout> layouts;
    layouts.push_back({early ? first : first + kTextModel, TextNames::Transformers});
    if (two) layouts.push_back({kSecondTower, TextNames::OpenClip});
    return layouts;
}

std::optional<VaeLayout> vae_layout(const io::SafetensorsFile& file) {
    for (const std::string_view head : {kVaePrefix, std::string_view()}) {
        const std::string prefix(head);
        if (file.find(prefix + "encoder.down.0.block.0.conv1.weight"))
            return VaeLayout{prefix, VaeNames::CompVis};
        if (file.find(prefix + "encoder.down_blocks.0.resnets.0.conv1.weight"))
            return VaeLayout{prefix, VaeNames::Diffusers};
    }
    return std::nullopt;
}

bool is_ballast(std::string_view name) {
    constexpr std::array<std::string_view, 16> kHeads = {"model_ema.decay", "model_ema.num_updates",
                                                         "alphas_cumprod",  "betas",
                                                         "sqrt_",           "log_one_minus",
                                                         "posterior_",      "first_stage_model.loss.",
                                                         "loss.",           "logvar",
                                                         "lvlb_weights",    "v_pred",
                                                         "ztsnr",           "cond_stage_model.logit_scale",
                                                         "denoiser.sigmas", "global_step"};
    return name.ends_with("position_ids") || name.ends_with(".logit_scale") ||
           std::any_of(kHeads.begin(), kHeads.end(), [&](auto head) { return name.starts_with(head); });
}

namespace {

bool is_average(std::string_view name) {
    return name.starts_with("model_ema.") || name.starts_with("model_ema_") || name.starts_with("ema.");
}

bool is_of_optimizer(std::string_view name) {
    return name.starts_with("optimizer") || name.starts_with("lr_scheduler") || name.ends_with(".exp_avg") ||
           name.ends_with(".exp_avg_sq");
}

bool is_of_adapter(std::string_view name) {
    return name.find("lora_") != std::string_view::npos || name.find(".lora.") != std::string_view::npos;
}

}  // namespace

std::string words_for_unused(const std::vector<std::string>& names) {
    std::size_t averages = 0, optimizer = 0, adapter = 0, unknown = 0;
    std::string example;
    for (const auto& name : names) {
        if (is_average(name)) {
            ++averages;
        } else if (is_of_optimizer(name)) {
            ++optimizer;
        } else if (is_of_adapter(name)) {
            ++adapter;
        } else {
            if (unknown == 0) example = base::printable_start(name, 80);
            ++unknown;
        }
    }
    std::vector<std::string> groups;
    if (averages > 0)
        groups.push_back(base::counted(averages, "EMA copy of a weight", "EMA copies of weights"));
    if (optimizer > 0) groups.push_back(base::counted(optimizer, "optimizer state", "optimizer states"));
    if (adapter > 0) groups.push_back(base::counted(adapter, "tensor of a LoRA", "tensors of a LoRA"));
    if (unknown > 0)
        groups.push_back(base::counted(unknown, "unknown tensor", "unknown tensors") +
                         (unknown == 1 ? ", " : ", such as ") + example);
    if (groups.empty()) return "";
    return fmt::format("Not used of the checkpoint: {}.", base::join(groups, "; "));
}

}  // namespace lorikeet::models
