#include "models/file_kind.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "models/layout.hpp"
#include "models/stable_diffusion_family.hpp"
#include "models/tensor_names.hpp"

namespace lorikeet::models {

namespace {

struct KindText {
    FileKind kind;
    std::string_view name;
    std::string_view hint;
};

constexpr std::string_view kKnown = "known";  // stands for a sentence that names the families of the table
constexpr std::string_view kWholeFile =
    "Choose the whole model in one file: text encoder, UNet and VAE together, usually 2 to 7 GB.";

constexpr std::string_view kPlain =
    "Lorikeet uses plain LoRAs and LoCons so far. Extract or convert it to one with the program that made "
    "it.";

constexpr std::array<KindText, 22> kTexts{{
    {FileKind::Checkpoint, "a checkpoint", ""},
    {FileKind::StableDiffusion1Edit, "a Stable Diffusion 1.x checkpoint for inpainting or editing",
     "Choose the ordinary checkpoint it was made from; a LoRA trained on that one works on this one too."},
    {FileKind::StableDiffusion2, "a Stable Diffusion 2.x checkpoint", kKnown},
    {FileKind::SdxlRefiner, "the refiner of Stable Diffusion XL", kKnown},
    {FileKind::StableDiffusion3, "a Stable Diffusion 3 model", kKnown},
    {FileKind::Flux, "a Flux model", kKnown},
    {FileKind::Edm, "a checkpoint trained by EDM's rule", kKnown},
    {FileKind::KohyaLora, "a LoRA",
     "A LoRA works on top of a checkpoint: name the checkpoint here, and the LoRA as --lora, or in a job as "
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
    {FileKind::Vae, "a VAE alone",
     "Name a whole checkpoint here; a job can name this file beside it, as model.vae."},
    {FileKind::TextEncoder, "a text encoder alone", kWholeFile},
    {FileKind::Embedding, "a textual inversion embedding", kWholeFile},
    {FileKind::ControlNet, "a ControlNet", kWholeFile},
    {FileKind::Unknown, "a safetensors file of a kind that Lorikeet does not know", kWholeFile},
}};

const KindText& text_of(FileKind kind) {
    return *std::find_if(kTexts.begin(), kTexts.end(), [&](const auto& text) { return text.kind == kind; });
}

// The kind of an adapter by what its layers are made of; nothing for a file that is none.
std::optional<FileKind> kind_of_adapter(const TensorNames& names) {
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

// A checkpoint in one file that no family of the table recognises, or its UNet with the checkpoint's names.
FileKind kind_of_checkpoint(const TensorNames& names) {
    if (names.any_begins(kJointBlocks)) return FileKind::StableDiffusion3;
    if (names.any_begins(kDoubleBlocks)) return FileKind::Flux;
    if (names.any_begins(kEdm)) return FileKind::Edm;
    if (takes_vector(names)) return FileKind::SdxlRefiner;
    if (context_of(names) == kSd2Context || names.any_begins(kOpenClipText))
        return FileKind::StableDiffusion2;
    return names.has(kFirstConv) ? FileKind::StableDiffusion1Edit : FileKind::Unknown;
}

FileKind kind_of_part(const TensorNames& names, std::size_t count) {
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

FileIdentity identify(const io::SafetensorsFile& file) {
    const TensorNames names(file);
    const bool whole = names.has(kFirstConv);
    if (!whole)  // a checkpoint may carry LoRA layers along, and stays one
        if (const auto adapter = kind_of_adapter(names)) return {*adapter};
    if (names.any_begins({"control_model.", "controlnet_", "input_hint_block."}))
        return {FileKind::ControlNet};
    for (const auto* family : families())
        if (family->recognises(file)) return {FileKind::Checkpoint, family};
    if (names.any_begins(kUnetPrefix)) return {kind_of_checkpoint(names)};
    return {kind_of_part(names, file.entries().size())};
}

std::string_view FileIdentity::name() const { return family ? family->checkpoint : name_of(kind); }

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

std::string_view transformer_of_lora(const io::SafetensorsFile& file) {
    const TensorNames names(file);
    if (names.any_begins({"lora_unet_double_blocks_", "lora_unet_single_blocks_",
                          "transformer.single_transformer_blocks.", "diffusion_model.double_blocks.",
                          "diffusion_model.single_blocks."}))
        return "Flux";
    return names.any_begins("lora_unet_joint_blocks_") ? "Stable Diffusion 3" : "";
}

std::string_view family_of_lora(const io::SafetensorsFile& file) {
    for (const auto* family : families())
        if (family->recognises_lora && family->recognises_lora(file)) return family->name;
    if (const auto name = transformer_of_lora(file); !name.empty()) return name;
    return context_of_lora(file) == kSd2Context ? "Stable Diffusion 2.x" : "";
}

std::string_view name_of(FileKind kind) { return text_of(kind).name; }

std::string hint_for(FileKind kind) {
    const auto hint = text_of(kind).hint;
    if (hint != kKnown) return std::string(hint);
    std::string names;
    for (std::size_t i = 0, count = families().size(); i < count; ++i) {
        if (i > 0) names += i + 1 == count ? " and " : ", ";
        names += families()[i]->name;
    }
    return fmt::format("Lorikeet trains {}; choose a checkpoint of one of these families.", names);
}

}  // namespace lorikeet::models
