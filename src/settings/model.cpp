#include "settings/model.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Model>& s) {
    s.says("What the adapter is trained on.");
    s.add("checkpoint", &Model::checkpoint,
          "The model: a .safetensors file of Stable Diffusion 1.x or XL, or \"tiny\", the small one that "
          "comes along.")
        .required()
        .basic()
        .kohya("pretrained_model_name_or_path");
    s.add("vae", &Model::vae, "A file with another VAE. Empty: the checkpoint's own.").kohya("vae");
    s.add("prediction", &Model::prediction, "What the U-Net was trained to guess.")
        .kohya("v_parameterization", "\"velocity\"");
    s.add("zero_snr", &Model::zero_snr, "Whether the last timestep is noise alone (zero terminal SNR).")
        .kohya("zero_terminal_snr", "\"on\"");
    s.add("vae_precision", &Model::vae_precision,
          "What the VAE computes in. A picture that bfloat16 makes NaN of is done again in float32.")
        .kohya("no_half_vae", "\"float32\"");
    s.add("clip_skip", &Model::clip_skip,
          "Which layer of the text encoder is read, counted from the end: 1 is the last, 2 the one before. "
          "SDXL reads the one before, whatever is said here.")
        .range(1, 24)
        .kohya("clip_skip");
    s.add("max_tokens", &Model::max_tokens, "How much of a caption is read, in tokens: 75, 150 or 225.")
        .range(75, 225)
        .multiple_of(75)
        .unit("tokens")
        .more("reads longer captions; slower")
        .kohya("max_token_length");
}

}  // namespace lorikeet::settings
