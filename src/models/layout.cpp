#include "models/layout.hpp"

#include <algorithm>
#include <array>

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
    constexpr std::array<std::string_view, 15> kHeads = {"model_ema.",
                                                         "alphas_cumprod",
                                                         "betas",
                                                         "sqrt_",
                                                         "log_one_minus",
                                                         "posterior_",
                                                         "first_stage_model.loss.",
                                                         "loss.",
                                                         "logvar",
                                                         "lvlb_weights",
                                                         "v_pred",
                                                         "ztsnr",
                                                         "cond_stage_model.logit_scale",
                                                         "denoiser.sigmas",
                                                         "model_ema_"};
    return name.ends_with("position_ids") || name.ends_with(".logit_scale") ||
           std::any_of(kHeads.begin(), kHeads.end(), [&](auto head) { return name.starts_with(head); });
}

}  // namespace lorikeet::models
