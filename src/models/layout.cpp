#include "models/layout.hpp"

#include <algorithm>
#include <array>

namespace lorikeet::models {

std::string text_prefix(const io::SafetensorsFile& file) {
    constexpr std::string_view kShort = "cond_stage_model.transformer.";
    const bool early = file.find(std::string(kShort) + "embeddings.token_embedding.weight") != nullptr;
    return std::string(kShort) + (early ? "" : "text_model.");
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
    constexpr std::array<std::string_view, 14> kHeads = {"model_ema.",
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
                                                         "model_ema_"};
    return name.ends_with("position_ids") ||
           std::any_of(kHeads.begin(), kHeads.end(), [&](auto head) { return name.starts_with(head); });
}

}  // namespace lorikeet::models
