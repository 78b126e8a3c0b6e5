#include "models/key_map.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "models/golden_file.hpp"

namespace lorikeet::models {

namespace {

// {ours, diffusers'} of every weight of Stable Diffusion 1.5's UNet.
std::vector<std::pair<std::string, std::string>> reference_pairs() {
    const auto bytes = golden("unet_keys").get("pairs").cpu();
    const std::string text(static_cast<const char*>(bytes.const_data_ptr()),
                           static_cast<std::size_t>(bytes.numel()));
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& line : base::split(text, "\n"))
        if (const auto words = base::split(line, " "); words.size() == 2)
            pairs.emplace_back(words[0], words[1]);
    return pairs;
}

}  // namespace

TEST(KeyMapGolden, EveryWeightOfTheUnetHasDiffusersNameThereAndBack) {
    const UnetSpec spec;
    const auto back = unet_from_diffusers(spec);
    const auto pairs = reference_pairs();
    ASSERT_EQ(pairs.size(), 686U);
    for (const auto& [ldm, diffusers] : pairs) {
        EXPECT_EQ(unet_to_diffusers(spec, ldm), diffusers);
        ASSERT_TRUE(back.contains(diffusers)) << diffusers;
        EXPECT_EQ(back.at(diffusers), ldm);
    }
}

TEST(KeyMap, NamesOfKohyaAreMadeOfDiffusersPaths) {
    const UnetSpec spec;
    EXPECT_EQ(kohya_unet_name(spec, "input_blocks.1.1.proj_in"),
              "lora_unet_down_blocks_0_attentions_0_proj_in");
    EXPECT_EQ(kohya_unet_name(spec, "middle_block.1.transformer_blocks.0.attn1.to_out.0"),
              "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0");
    EXPECT_EQ(kohya_unet_name(spec, "output_blocks.11.1.transformer_blocks.0.ff.net.0.proj"),
              "lora_unet_up_blocks_3_attentions_2_transformer_blocks_0_ff_net_0_proj");
    EXPECT_EQ(kohya_unet_name(spec, "input_blocks.3.0.op"), "lora_unet_down_blocks_0_downsamplers_0_conv");
    EXPECT_EQ(kohya_unet_name(spec, "output_blocks.5.2.conv"), "lora_unet_up_blocks_1_upsamplers_0_conv");
    EXPECT_EQ(kohya_text_name("text_model.encoder.layers.0.self_attn.q_proj"),
              "lora_te_text_model_encoder_layers_0_self_attn_q_proj");
}

TEST(KeyMap, AutoencodersOfDiffusersCountTheirWayUpFromTheBottom) {
    EXPECT_EQ(vae_to_diffusers(4, "encoder.down.1.block.0.nin_shortcut.weight"),
              "encoder.down_blocks.1.resnets.0.conv_shortcut.weight");
    EXPECT_EQ(vae_to_diffusers(4, "encoder.down.0.downsample.conv.bias"),
              "encoder.down_blocks.0.downsamplers.0.conv.bias");
    EXPECT_EQ(vae_to_diffusers(4, "decoder.up.3.block.2.conv1.weight"),
              "decoder.up_blocks.0.resnets.2.conv1.weight");
    EXPECT_EQ(vae_to_diffusers(4, "decoder.mid.attn_1.proj_out.bias"),
              "decoder.mid_block.attentions.0.to_out.0.bias");
    EXPECT_EQ(vae_to_diffusers(4, "encoder.mid.block_2.norm1.weight"),
              "encoder.mid_block.resnets.1.norm1.weight");
    EXPECT_EQ(vae_to_diffusers(4, "post_quant_conv.weight"), "post_quant_conv.weight");
    EXPECT_EQ(vae_to_diffusers(4, "decoder.norm_out.weight"), "decoder.conv_norm_out.weight");
}

}  // namespace lorikeet::models
