#include "models/stable_diffusion_family.hpp"

#include "models/file_kind.hpp"
#include "models/layout.hpp"
#include "models/stable_diffusion.hpp"
#include "models/stable_diffusion_spec.hpp"
#include "models/tensor_names.hpp"

namespace lorikeet::models {

namespace {

// In CompVis's layout, and of none of the families that share the head of its names.
bool is_ldm(const TensorNames& names) {
    return names.any_begins(kUnetPrefix) && !names.any_begins({kJointBlocks, kDoubleBlocks, kEdm});
}

// Told apart by what the U-Net attends to.
bool is_sdxl(const io::SafetensorsFile& file) {
    const TensorNames names(file);
    if (!is_ldm(names)) return false;
    const auto context = context_of(names);
    return context == kSdxlContext || (takes_vector(names) && context != kRefinerContext);
}

bool is_sd1(const io::SafetensorsFile& file) {
    const TensorNames names(file);
    if (!is_ldm(names) || takes_vector(names) || names.any_begins(kOpenClipText)) return false;
    const auto context = context_of(names);
    return context != kSdxlContext && context != kSd2Context && names.has(kFirstConv) &&
           names.side(kFirstConv, 1) == 4;
}

bool is_lora_of_sdxl(const io::SafetensorsFile& file) {
    const TensorNames names(file);
    if (names.any_begins({"lora_te2_", "text_encoder_2.", "lora_unet_input_blocks_",
                          "lora_unet_middle_block_", "lora_unet_output_blocks_"}))
        return true;
    return transformer_of_lora(file).empty() &&
           (names.any_begins("lora_te1_") || context_of_lora(file) == kSdxlContext);
}

bool is_lora_of_sd1(const io::SafetensorsFile& file) {
    if (is_lora_of_sdxl(file) || !transformer_of_lora(file).empty()) return false;
    const auto context = context_of_lora(file);
    return context == kSd1Context ||
           (context != kSd2Context &&
            TensorNames(file).any_begins({"lora_te_text_model_", "lora_unet_down_blocks_",
                                          "lora_unet_mid_block_", "lora_unet_up_blocks_"}));
}

template <StableDiffusionSpec (*usual)()>
std::shared_ptr<const Spec> read_spec(const io::SafetensorsFile& file, const PartFiles& files) {
    return std::make_shared<const StableDiffusionSpec>(read_stable_diffusion_spec(file, files, usual()));
}

std::unique_ptr<Model> load(const Spec& spec, const base::Path& checkpoint, const LoadOptions& options) {
    return load_stable_diffusion(own_spec(spec), checkpoint, options);
}

std::unique_ptr<const TokenCounter> make_token_counter() {
    return std::make_unique<const Tokenizer>(Tokenizer::from_file(default_vocabulary()));
}

Family row_of_both() {
    Family row{};
    row.process = "ddpm";
    row.load = load;
    row.unused_in = unused_in_stable_diffusion;
    row.make_token_counter = make_token_counter;
    return row;
}

}  // namespace

bool takes_vector(const TensorNames& names) {
    return names.any_begins({"conditioner.embedders.", "model.diffusion_model.label_emb."});
}

std::int64_t context_of(const TensorNames& names) { return names.side("attn2.to_k.weight", 1); }

std::int64_t context_of_lora(const io::SafetensorsFile& file) {
    const TensorNames names(file);
    for (const std::string_view layer :
         {"attn2_to_k.lora_down.weight", "attn2.to_k.lora_A.weight", "attn2.to_k.lora_A.default.weight",
          "attn2.to_k.lora.down.weight", "attn2.processor.to_k_lora.down.weight"})
        if (const auto side = names.side(layer, 1); side > 0) return side;
    return 0;
}

const Family& stable_diffusion_1() {
    static const Family family = [] {
        auto row = row_of_both();
        row.name = row.short_name = "Stable Diffusion 1.x";
        row.checkpoint = "a Stable Diffusion 1.x checkpoint";
        row.reads_clip_skip = true;
        row.text_width = kSd1Context;
        row.in_16_bits = false;
        row.usual = {1, 16, 0.5, 5e-4, 1e-4, 100, 1000, 4000};
        row.kohya_version = "sd_v1";
        row.architecture = "stable-diffusion-v1";
        row.implementation = "diffusers";
        row.kohya_latents = "_sd.npz";
        row.recognises = is_sd1;
        row.read_spec = read_spec<sd1_spec>;
        row.recognises_lora = is_lora_of_sd1;
        return row;
    }();
    return family;
}

const Family& sdxl() {
    static const Family family = [] {
        auto row = row_of_both();
        row.name = "Stable Diffusion XL";
        row.short_name = "SDXL";
        row.checkpoint = "a Stable Diffusion XL checkpoint";
        row.reads_clip_skip = false;
        row.text_width = kSdxlContext;
        row.in_16_bits = true;
        row.usual = {1, 16, 0.5, 2e-4, 5e-5, 100, 1000, 4000};
        row.kohya_version = "sdxl_base_v1-0";
        row.architecture = "stable-diffusion-xl-v1-base";
        row.implementation = "https://github.com/Stability-AI/generative-models";
        row.kohya_latents = "_sdxl.npz";
        row.recognises = is_sdxl;
        row.read_spec = read_spec<sdxl_spec>;
        row.recognises_lora = is_lora_of_sdxl;
        return row;
    }();
    return family;
}

}  // namespace lorikeet::models
