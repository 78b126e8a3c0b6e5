#include "models/file_kind.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

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

constexpr std::string_view kPlain =
    "Lorikeet uses plain LoRAs and LoCons so far. Extract or convert it to one with the program that made "
    "it.";

constexpr std::array<KindText, 23> kTexts{{
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
    {FileKind::Dora, "a DoRA", kPlain},
    {FileKind::Loha, "a LoHa (LyCORIS)", kPlain},
    {FileKind::Lokr, "a LoKr (LyCORIS)", kPlain},
    {FileKind::Oft, "an OFT adapter", kPlain},
    {FileKind::FullDifference, "a file of full differences (LyCORIS)", kPlain},
    {FileKind::TuckerLocon, "a LoCon in Tucker form (LyCORIS)", kPlain},
    {FileKind::MixedAdapter, "a file of several kinds of adapter layers", kPlain},
    {FileKind::OtherAdapter, "an adapter of a kind that Lorikeet does not know", kPlain},
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

// The kind of an adapter by what its layers are made of; nothing for a file that is none.
std::optional<FileKind> kind_of_adapter(const Names& names) {
    const auto any_of = [&](std::initializer_list<std::string_view> marks) {
        return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return names.any_holds(mark); });
    };
    const bool plain =
        any_of({".lora_down.weight", ".lora_A.", ".lora.down.", "_lora.down.", ".lora_linear_layer.down."});
    const bool dora = any_of({".dora_scale", ".lora_magnitude_vector"});
    std::vector<FileKind> kinds;
    if (plain) kinds.push_back(dora ? FileKind::Dora : FileKind::KohyaLora);
    if (any_of({".hada_w"})) kinds.push_back(FileKind::Loha);
    if (any_of({".lokr_w"})) kinds.push_back(FileKind::Lokr);
    if (any_of({".oft_blocks", ".oft_diag"})) kinds.push_back(FileKind::Oft);
    if (names.any_begins("lora_") && any_of({".diff", ".w_norm", ".b_norm"}))
        kinds.push_back(FileKind::FullDifference);
    if (kinds.size() > 1) return FileKind::MixedAdapter;
    if (kinds.size() == 1 && plain && any_of({".lora_mid.weight"})) return FileKind::TuckerLocon;
    if (kinds.size() == 1) return kinds.front();
    return any_of({".processor."}) ? std::optional(FileKind::OtherAdapter) : std::nullopt;
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
    const bool whole = file.find("model.diffusion_model.input_blocks.0.0.weight") != nullptr;
    if (!whole)  // a checkpoint may carry LoRA layers along, and stays one
        if (const auto adapter = kind_of_adapter(names)) return *adapter;
    if (names.any_begins("control_model.") || names.any_begins("controlnet_") ||
        names.any_begins("input_hint_block."))
        return FileKind::ControlNet;
    if (names.any_begins(kUnet)) return kind_of_checkpoint(names);
    return kind_of_part(names, file.entries().size());
}

bool has_convolutions(const io::SafetensorsFile& file) {
    constexpr std::array<std::string_view, 5> kParts = {"resnets", "samplers", "conv_in", "in_layers",
                                                        "emb_layers"};
    return std::any_of(file.entries().begin(), file.entries().end(), [&](const auto& entry) {
        const std::string_view name = entry.name;
        if (!name.ends_with(".lora_down.weight") && !name.ends_with(".lora_A.weight")) return false;
        const bool wide = entry.shape.size() == 4 && entry.shape[2] > 1;
        return wide || std::any_of(kParts.begin(), kParts.end(),
                                   [&](auto part) { return name.find(part) != std::string_view::npos; });
    });
}

namespace {

// What its U-Net attends to, by the first layer that reads the text; 0 when there is none.
std::int64_t context_of_lora(const Names& names) {
    for (const std::string_view layer :
         {"attn2_to_k.lora_down.weight", "attn2.to_k.lora_A.weight", "attn2.to_k.lora_A.default.weight",
          "attn2.to_k.lora.down.weight", "attn2.processor.to_k_lora.down.weight"})
        if (const auto side = names.side(layer, 1); side > 0) return side;
    return 0;
}

}  // namespace

std::string_view family_of_lora(const io::SafetensorsFile& file) {
    const Names names(file);
    for (const std::string_view head : {"lora_te2_", "text_encoder_2.", "lora_unet_input_blocks_",
                                        "lora_unet_middle_block_", "lora_unet_output_blocks_"})
        if (names.any_begins(head)) return "Stable Diffusion XL";
    for (const std::string_view head :
         {"lora_unet_double_blocks_", "lora_unet_single_blocks_", "transformer.single_transformer_blocks.",
          "diffusion_model.double_blocks.", "diffusion_model.single_blocks."})
        if (names.any_begins(head)) return "Flux";
    if (names.any_begins("lora_unet_joint_blocks_")) return "Stable Diffusion 3";
    if (names.any_begins("lora_te1_")) return "Stable Diffusion XL";
    switch (context_of_lora(names)) {
        case 2048: return "Stable Diffusion XL";
        case 1024: return "Stable Diffusion 2.x";
        case 768: return "Stable Diffusion 1.x";
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
