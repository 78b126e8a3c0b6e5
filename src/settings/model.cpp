#include "settings/model.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Model>& s) {
    s.says("The base model that the LoRA is trained on.");
    s.add("checkpoint", &Model::checkpoint,
          "Stable Diffusion 1.x or SDXL (.safetensors), or \"tiny\", which is included.")
        .required()
        .basic()
        .kohya("pretrained_model_name_or_path");
    s.add("vae", &Model::vae, "A separate VAE file. Empty: the VAE of the checkpoint.").kohya("vae");
    s.add("prediction", &Model::prediction, "What the U-Net predicts.")
        .kohya("v_parameterization", "\"velocity\"");
    s.add("zero_snr", &Model::zero_snr, "Zero terminal SNR: the last timestep is pure noise.")
        .kohya("zero_terminal_snr", "\"on\"");
    s.add("vae_precision", &Model::vae_precision,
          "Precision of the VAE. An image that becomes NaN in bfloat16 is encoded again in float32.")
        .kohya("no_half_vae", "\"float32\"");
    s.add("clip_skip", &Model::clip_skip,
          "Which text encoder layer is used, counted from the end: 1 is the last. SDXL always uses the one "
          "before the last.")
        .range(1, 24)
        .kohya("clip_skip");
    s.add("max_tokens", &Model::max_tokens, "How many tokens of a caption are used: 75, 150 or 225.")
        .range(75, 225)
        .multiple_of(75)
        .unit("tokens")
        .more("longer captions; slower")
        .kohya("max_token_length");
    s.add("text_cleaning", &Model::text_cleaning,
          "How captions and prompts are cleaned before the text encoder reads them. Text of a wrong encoding "
          "is "
          "not repaired, but named.");
    s.add("token_padding", &Model::token_padding,
          "Fill captions up to max_tokens, as generators do. When off, up to the longest of each batch; old "
          "DreamBooth programs trained so.")
        .kohya("no_token_padding", "false");
    s.rule(
        {"token_padding", "max_tokens"},
        [](const Model& m) { return !m.token_padding && m.max_tokens != 75; },
        "Longer captions are read in pieces, which are always filled up.", Fix{"max_tokens", "75"});
}

}  // namespace lorikeet::settings
