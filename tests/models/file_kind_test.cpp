#include "models/file_kind.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

using Sizes = std::map<std::string, std::vector<std::int64_t>>;

// What is thought of a file with tensors of these names and sizes.
FileIdentity seen_in(const Sizes& sizes) {
    const support::TempFolder folder;
    tensor::NamedTensors tensors;
    for (const auto& [name, shape] : sizes) tensors[name] = at::zeros(shape, at::kHalf);
    tensor::save_tensors(folder.path() / "a.safetensors", tensors);
    return identify(io::SafetensorsFile(folder.path() / "a.safetensors"));
}
FileKind kind_of(const Sizes& sizes) { return seen_in(sizes).kind; }
std::string_view name_of_file(const Sizes& sizes) { return seen_in(sizes).name(); }

std::string message_for(const std::string& bytes) {
    const support::TempFolder folder;
    const auto path = folder.path() / "a.safetensors";
    std::ofstream(path, std::ios::binary) << bytes;
    try {
        const io::SafetensorsFile file(path);
    } catch (const base::Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

Sizes checkpoint(std::int64_t context, std::int64_t channels = 4) {
    return {{"model.diffusion_model.input_blocks.0.0.weight", {8, channels, 3, 3}},
            {"model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight", {8, context}},
            {"first_stage_model.encoder.conv_in.weight", {4, 3, 3, 3}}};
}

Sizes with(Sizes sizes, const std::string& name) {
    sizes[name] = {1};
    return sizes;
}

}  // namespace

TEST(FileKind, TellsCheckpointsByWhatTheirUnetAttendsTo) {
    EXPECT_EQ(name_of_file(checkpoint(768)), "a Stable Diffusion 1.x checkpoint");
    EXPECT_EQ(kind_of(checkpoint(768)), FileKind::Checkpoint);
    EXPECT_EQ(kind_of(checkpoint(768, 9)), FileKind::StableDiffusion1Edit);
    EXPECT_EQ(kind_of(checkpoint(1024)), FileKind::StableDiffusion2);
    EXPECT_EQ(name_of_file(checkpoint(2048)), "a Stable Diffusion XL checkpoint");
    EXPECT_EQ(kind_of(checkpoint(2048)), FileKind::Checkpoint);
    EXPECT_EQ(kind_of(with(checkpoint(1280), "conditioner.embedders.0.model.ln_final.bias")),
              FileKind::SdxlRefiner);
    EXPECT_EQ(kind_of({{"model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", {4, 4}}}),
              FileKind::StableDiffusion3);
    EXPECT_EQ(kind_of({{"double_blocks.0.img_attn.qkv.weight", {4, 4}}}), FileKind::Flux);
    EXPECT_EQ(identify(io::SafetensorsFile(support::tiny_checkpoint())).kind, FileKind::Checkpoint);
}

TEST(FileKind, TellsAdaptersAndParts) {
    EXPECT_EQ(kind_of({{"lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", {4, 4}}}),
              FileKind::KohyaLora);
    for (const auto* name : {"unet.down_blocks.0.attentions.0.proj_in.lora_A.weight",
                             "base_model.model.mid_block.attentions.0.proj_in.lora_A.default.weight",
                             "unet.mid_block.attn1.processor.to_q_lora.down.weight"})
        EXPECT_EQ(kind_of({{name, {4, 4}}}), FileKind::KohyaLora) << name;
    EXPECT_EQ(kind_of(with(checkpoint(768), "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight")),
              FileKind::Checkpoint);
    EXPECT_EQ(kind_of({{"down_blocks.0.resnets.0.conv1.weight", {4, 4, 3, 3}}}), FileKind::DiffusersPart);
    EXPECT_EQ(kind_of({{"encoder.down.0.block.0.conv1.weight", {4, 4, 3, 3}}}), FileKind::Vae);
    EXPECT_EQ(kind_of({{"encoder.down_blocks.0.resnets.0.conv1.weight", {4, 4, 3, 3}}}), FileKind::Vae);
    EXPECT_EQ(kind_of({{"text_model.encoder.layers.0.mlp.fc1.weight", {4, 4}}}), FileKind::TextEncoder);
    EXPECT_EQ(kind_of({{"emb_params", {8, 768}}}), FileKind::Embedding);
    EXPECT_EQ(kind_of(with(checkpoint(768), "control_model.input_hint_block.0.bias")), FileKind::ControlNet);
    EXPECT_EQ(kind_of({{"layer1.0.conv1.weight", {4, 4}}}), FileKind::Unknown);
}

TEST(FileKind, TellsTheKindsOfAdaptersApart) {
    const std::string layer = "lora_unet_mid_block_attentions_0_proj_in.";
    const Sizes plain{{layer + "lora_down.weight", {4, 4}}, {layer + "lora_up.weight", {4, 4}}};
    EXPECT_EQ(kind_of(plain), FileKind::KohyaLora);
    EXPECT_EQ(kind_of(with(plain, layer + "dora_scale")), FileKind::Dora);
    EXPECT_EQ(kind_of(with(plain, layer + "lora_mid.weight")), FileKind::TuckerLocon);
    EXPECT_EQ(kind_of(with(plain, "lora_unet_mid_block_attentions_0_proj_out.lokr_w1")),
              FileKind::MixedAdapter);
    EXPECT_EQ(kind_of({{layer + "hada_w1_a", {4, 4}}}), FileKind::Loha);
    EXPECT_EQ(kind_of({{layer + "lokr_w1", {4, 4}}}), FileKind::Lokr);
    EXPECT_EQ(kind_of({{layer + "oft_blocks", {4, 4}}}), FileKind::Oft);
    EXPECT_EQ(kind_of({{layer + "diff", {4, 4}}}), FileKind::FullDifference);
}

TEST(FileKind, TellsALoconByItsLayers) {
    const auto is_locon = [](const std::string& name, at::IntArrayRef sizes) {
        const support::TempFolder folder;
        const auto path = folder.path() / "lora.safetensors";
        tensor::save_tensors(path, {{name + ".lora_down.weight", at::zeros(sizes)}});
        return has_convolutions(io::SafetensorsFile(path));
    };
    EXPECT_TRUE(is_locon("lora_unet_down_blocks_0_resnets_0_conv1", {4, 4, 3, 3}));
    EXPECT_TRUE(is_locon("lora_unet_down_blocks_0_resnets_0_time_emb_proj", {4, 4}));
    EXPECT_TRUE(is_locon("lora_unet_input_blocks_1_0_in_layers_2", {4, 4, 3, 3}));
    EXPECT_FALSE(is_locon("lora_unet_down_blocks_0_attentions_0_proj_in", {4, 4, 1, 1}));
}

TEST(FileKind, TellsTheFamilyThatALoraIsFor) {
    const auto family_of = [](const std::string& layer, std::int64_t in) {
        const support::TempFolder folder;
        const auto path = folder.path() / "lora.safetensors";
        tensor::save_tensors(path, {{layer + ".lora_down.weight", at::zeros({2, in})}});
        return std::string(family_of_lora(io::SafetensorsFile(path)));
    };
    EXPECT_EQ(family_of("lora_unet_input_blocks_4_1_proj_in", 640), "Stable Diffusion XL");
    EXPECT_EQ(family_of("lora_te2_text_model_encoder_layers_0_mlp_fc1", 1280), "Stable Diffusion XL");
    const std::string attends = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k";
    EXPECT_EQ(family_of(attends, 2048), "Stable Diffusion XL");
    EXPECT_EQ(family_of(attends, 1024), "Stable Diffusion 2.x");
    EXPECT_EQ(family_of(attends, 768), "Stable Diffusion 1.x");
    EXPECT_EQ(family_of("lora_te_text_model_encoder_layers_0_mlp_fc1", 768), "Stable Diffusion 1.x");
    EXPECT_EQ(family_of("lora_unet_double_blocks_0_img_attn_qkv", 3072), "Flux");
    EXPECT_EQ(family_of("lora_unet_joint_blocks_0_x_block_attn_qkv", 1536), "Stable Diffusion 3");
    EXPECT_EQ(family_of("layer", 4), "");
    const auto family_in_peft = [](const std::string& layer, std::int64_t in) {
        const support::TempFolder folder;
        const auto path = folder.path() / "lora.safetensors";
        tensor::save_tensors(path, {{layer + ".lora_A.weight", at::zeros({2, in})}});
        return std::string(family_of_lora(io::SafetensorsFile(path)));
    };
    const std::string block = "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k";
    EXPECT_EQ(family_in_peft(block, 768), "Stable Diffusion 1.x");
    EXPECT_EQ(family_in_peft(block, 2048), "Stable Diffusion XL");
    EXPECT_EQ(family_in_peft("text_encoder_2.text_model.encoder.layers.0.mlp.fc1", 1280),
              "Stable Diffusion XL");
    EXPECT_EQ(family_in_peft("transformer.single_transformer_blocks.0.attn.to_q", 3072), "Flux");
}

TEST(FileKind, EveryKindHasASentenceAndOnlyTheRightOneNeedsNoAdvice) {
    for (int number = 0; number <= static_cast<int>(FileKind::Unknown); ++number) {
        const auto kind = static_cast<FileKind>(number);
        EXPECT_FALSE(name_of(kind).empty()) << number;
        EXPECT_EQ(hint_for(kind).empty(), kind == FileKind::Checkpoint) << number;
    }
}

TEST(FileKind, WebPagesPicklesAndCutFilesSayWhatTheyAre) {
    EXPECT_NE(message_for("<!DOCTYPE html><html>Sign in</html>").find("HTML page"), std::string::npos);
    EXPECT_NE(message_for("PK\x03\x04 archive/data.pkl").find("pickle"), std::string::npos);
    std::ifstream whole(support::tiny_checkpoint(), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(whole)), {});
    bytes.resize(bytes.size() / 2);
    EXPECT_NE(message_for(bytes).find("cut off"), std::string::npos);
}

}  // namespace lorikeet::models
