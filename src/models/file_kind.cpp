#include "models/file_kind.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace lorikeet::models {

namespace {

constexpr std::string_view kUnet = "model.diffusion_model.";

struct KindText {
    FileKind kind;
    std::string_view name;
    std::string_view hint;
};

constexpr std::string_view kKnown =
    "Lorikeet trains Stable Diffusion 1.x and Stable Diffusion XL; choose a checkpoint of one of these "
    "families.";
constexpr std::string_view kWholeFile =
    "Choose the whole model in one file: text encoder, UNet and VAE together, usually 2 to 7 GB.";

constexpr std::array<KindText, 16> kTexts{{
    {FileKind::StableDiffusion1, "a Stable Diffusion 1.x checkpoint", ""},
    {FileKind::StableDiffusion1Edit, "a Stable Diffusion 1.x checkpoint for inpainting or editing",
     "Choose the ordinary checkpoint it was made from; a LoRA trained on that one works on this one too."},
    {FileKind::StableDiffusion2, "a Stable Diffusion 2.x checkpoint", kKnown},
    {FileKind::Sdxl, "a Stable Diffusion XL checkpoint", ""},
    {FileKind::SdxlRefiner, "the refiner of Stable Diffusion XL", kKnown},
    {FileKind::StableDiffusion3, "a Stable Diffusion 3 model", kKnown},
    {FileKind::Flux, "a Flux model", kKnown},
    {FileKind::Edm, "a checkpoint trained by EDM's rule", kKnown},
    {FileKind::KohyaLora, "a LoRA",
     "A LoRA is trained on top of a checkpoint: name the checkpoint here, and the LoRA as "
     "adapter.start_from."},
    {FileKind::OtherAdapter, "an adapter of another kind than kohya's LoRA",
     "Name the checkpoint that it was trained on."},
    {FileKind::DiffusersPart, "one part of a model in diffusers' layout of folders", kWholeFile},
    {FileKind::Vae, "a VAE alone", "Name it as model.vae, and a whole checkpoint as model.checkpoint."},
    {FileKind::TextEncoder, "a text encoder alone", kWholeFile},
    {FileKind::Embedding, "a textual inversion embedding", kWholeFile},
    {FileKind::ControlNet, "a ControlNet", kWholeFile},
    {FileKind::Unknown, "a safetensors file of a kind that Lorikeet does not know", kWholeFile},
}};

const KindText& text_of(FileKind kind) {
    return *std::find_if(kTexts.begin(), kTexts.end(), [&](const auto& text) { return text.kind == kind; });
}

// Questions asked of the names in a file.
class Names {
  public:
    explicit Names(const io::SafetensorsFile& file) : file_(file) {}

    bool any_begins(std::string_view head) const {
        const auto& entries = file_.entries();
        const auto at = std::lower_bound(entries.begin(), entries.end(), head,
                                         [](const auto& entry, auto name) { return entry.name < name; });
        return at != entries.end() && std::string_view(at->name).starts_with(head);
    }
    bool any_holds(std::string_view part) const {
        return std::any_of(file_.entries().begin(), file_.entries().end(),
                           [&](const auto& entry) { return entry.name.find(part) != std::string::npos; });
    }
    // Side `axis` of the first tensor whose name ends so; 0 when there is none.
    std::int64_t side(std::string_view end, std::size_t axis) const {
        for (const auto& entry : file_.entries())
            if (std::string_view(entry.name).ends_with(end) && axis < entry.shape.size())
                return entry.shape[axis];
        return 0;
    }

  private:
    const io::SafetensorsFile& file_;
};

bool is_other_adapter(const Names& names) {
    constexpr std::array<std::string_view, 9> kMarks = {".lora_A.",  ".lora_B.",    ".lora.down.",
                                                        ".lora.up.", ".processor.", ".hada_w",
                                                        ".lokr_w",   ".oft_blocks", ".oft_diag"};
    return std::any_of(kMarks.begin(), kMarks.end(), [&](auto mark) { return names.any_holds(mark); });
}

// A checkpoint in one file, or its UNet with the checkpoint's names: told apart by what the UNet attends to.
FileKind kind_of_checkpoint(const Names& names) {
    if (names.any_begins("model.diffusion_model.joint_blocks.")) return FileKind::StableDiffusion3;
    if (names.any_begins("model.diffusion_model.double_blocks.")) return FileKind::Flux;
    const auto context = names.side("attn2.to_k.weight", 1);
    if (names.any_begins("edm_")) return FileKind::Edm;
    if (context == 2048) return FileKind::Sdxl;
    if (names.any_begins("conditioner.embedders.") || names.any_begins("model.diffusion_model.label_emb."))
        return context == 1280 ? FileKind::SdxlRefiner : FileKind::Sdxl;
    if (context == 1024 || names.any_begins("cond_stage_model.model.")) return FileKind::StableDiffusion2;
    if (!names.any_begins("model.diffusion_model.input_blocks.0.0.")) return FileKind::Unknown;
    return names.side("model.diffusion_model.input_blocks.0.0.weight", 1) == 4
               ? FileKind::StableDiffusion1
               : FileKind::StableDiffusion1Edit;
}

FileKind kind_of_part(const Names& names, std::size_t count) {
    if (names.any_begins("joint_blocks.")) return FileKind::StableDiffusion3;
    if (names.any_begins("double_blocks.")) return FileKind::Flux;
    if (names.any_begins("first_stage_model.encoder.") || names.any_begins("encoder.down.") ||
        names.any_begins("encoder.down_blocks."))
        return FileKind::Vae;
    if (names.any_begins("down_blocks.") || names.any_begins("transformer_blocks."))
        return FileKind::DiffusersPart;
    if (names.any_begins("text_model.") || names.any_begins("cond_stage_model.") ||
        names.any_begins("encoder.block."))
        return FileKind::TextEncoder;
    const bool embedding = names.any_begins("emb_params") || names.any_begins("clip_l") ||
                           names.any_begins("clip_g") || names.any_begins("string_to_param");
    return embedding && count <= 4 ? FileKind::Embedding : FileKind::Unknown;
}

}  // namespace

FileKind what_is(const io::SafetensorsFile& file) {
    const Names names(file);
    if (names.any_holds(".lora_down.weight")) return FileKind::KohyaLora;
    if (is_other_adapter(names)) return FileKind::OtherAdapter;
    if (names.any_begins("control_model.") || names.any_begins("controlnet_") ||
        names.any_begins("input_hint_block."))
        return FileKind::ControlNet;
    if (names.any_begins(kUnet)) return kind_of_checkpoint(names);
    return kind_of_part(names, file.entries().size());
}

std::string_view family_of_lora(const io::SafetensorsFile& file) {
    const Names names(file);
    for (const std::string_view head :
         {"lora_te2_", "lora_unet_input_blocks_", "lora_unet_middle_block_", "lora_unet_output_blocks_"})
        if (names.any_begins(head)) return "Stable Diffusion XL";
    for (const std::string_view head : {"lora_unet_double_blocks_", "lora_unet_single_blocks_"})
        if (names.any_begins(head)) return "Flux";
    if (names.any_begins("lora_unet_joint_blocks_")) return "Stable Diffusion 3";
    if (names.any_begins("lora_te1_")) return "Stable Diffusion XL";
    switch (names.side("attn2_to_k.lora_down.weight", 1)) {
        case 2048: return "Stable Diffusion XL";
        case 1024: return "Stable Diffusion 2.x";
        default: break;
    }
    const bool first = names.any_begins("lora_te_text_model_") ||
                       names.any_begins("lora_unet_down_blocks_") ||
                       names.any_begins("lora_unet_mid_block_") || names.any_begins("lora_unet_up_blocks_");
    return first ? "Stable Diffusion 1.x" : "";
}

std::string_view name_of(FileKind kind) { return text_of(kind).name; }
std::string_view hint_for(FileKind kind) { return text_of(kind).hint; }

}  // namespace lorikeet::models
