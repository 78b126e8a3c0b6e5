#include "models/layout.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {
namespace {

// A file that holds tensors of these names and nothing in them.
class NamedFile {
  public:
    explicit NamedFile(const std::vector<std::string>& names) {
        tensor::NamedTensors tensors;
        for (const auto& name : names) tensors[name] = at::zeros({1});
        tensor::save_tensors(folder_.path() / "names.safetensors", tensors);
    }
    io::SafetensorsFile open() const { return io::SafetensorsFile(folder_.path() / "names.safetensors"); }

  private:
    support::TempFolder folder_;
};

const std::string kWordsBelow = "embeddings.token_embedding.weight";

}  // namespace

TEST(Layout, OneTowerLiesBelowTextModelButInSomeEarlyMerges) {
    const std::string tower = "cond_stage_model.transformer.";
    for (const auto& prefix : {tower + "text_model.", tower}) {
        const auto layouts = text_layouts(NamedFile({prefix + kWordsBelow}).open());
        ASSERT_EQ(layouts.size(), 1U) << prefix;
        EXPECT_EQ(layouts[0].prefix, prefix);
        EXPECT_EQ(layouts[0].names, TextNames::Transformers);
    }
    // Without any word of it the usual place is named, so that what is missing can be.
    EXPECT_EQ(text_layouts(NamedFile({"model.diffusion_model.out.0.weight"}).open()).at(0).prefix,
              tower + "text_model.");
}

TEST(Layout, TheSecondTowerOfSdxlHasNamesOfItsOwn) {
    const auto layouts =
        text_layouts(NamedFile({"conditioner.embedders.0.transformer.text_model." + kWordsBelow,
                                "conditioner.embedders.1.model.token_embedding.weight"})
                         .open());
    ASSERT_EQ(layouts.size(), 2U);
    EXPECT_EQ(layouts[0].prefix, "conditioner.embedders.0.transformer.text_model.");
    EXPECT_EQ(layouts[0].names, TextNames::Transformers);
    EXPECT_EQ(layouts[1].prefix, "conditioner.embedders.1.model.");
    EXPECT_EQ(layouts[1].names, TextNames::OpenClip);
}

TEST(Layout, AVaeIsFoundInACheckpointAndInItsOwnFileUnderEitherName) {
    for (const std::string prefix : {"first_stage_model.", ""})
        for (const auto& [name, names] :
             {std::pair{"encoder.down.0.block.0.conv1.weight", VaeNames::CompVis},
              {"encoder.down_blocks.0.resnets.0.conv1.weight", VaeNames::Diffusers}}) {
            const auto layout = vae_layout(NamedFile({prefix + name}).open());
            ASSERT_TRUE(layout) << prefix << name;
            EXPECT_EQ(layout->prefix, prefix);
            EXPECT_EQ(layout->names, names) << prefix << name;
        }
    EXPECT_FALSE(vae_layout(NamedFile({"model.diffusion_model.encoder.down.0.block.0.conv1.weight"}).open()));
}

TEST(Layout, WhatEveryCheckpointCarriesIsNoNews) {
    for (const auto* name :
         {"alphas_cumprod", "betas", "sqrt_recip_alphas_cumprod", "posterior_variance", "logvar",
          "model_ema.decay", "model_ema.num_updates", "first_stage_model.loss.logvar", "v_pred", "ztsnr",
          "cond_stage_model.transformer.text_model.embeddings.position_ids",
          "conditioner.embedders.1.model.logit_scale", "denoiser.sigmas", "global_step"})
        EXPECT_TRUE(is_ballast(name)) << name;
    for (const auto* name :
         {"model.diffusion_model.out.2.weight", "first_stage_model.encoder.conv_in.weight",
          "model_ema.diffusion_modelout2weight", "conditioner.embedders.1.model.text_projection",
          "lora_unet_x.alpha", "my.betas"})
        EXPECT_FALSE(is_ballast(name)) << name;
}

TEST(Layout, WhatIsLeftIsToldInGroupsAndUnknownNamesByExample) {
    EXPECT_EQ(words_for_unused({}), "");
    EXPECT_EQ(
        words_for_unused({"model_ema.a", "ema.b", "optimizer.0", "unet.c.exp_avg", "lora_unet_d.alpha"}),
        "Not used of the checkpoint: 2 EMA copies of weights; 2 optimizer states; 1 tensor of a LoRA.");
    EXPECT_EQ(words_for_unused({"odd", "more"}),
              "Not used of the checkpoint: 2 unknown tensors, such as odd.");
    EXPECT_EQ(words_for_unused({"o\x1b[2Jdd"}), "Not used of the checkpoint: 1 unknown tensor, o\\x1b[2Jdd.");
    EXPECT_LT(words_for_unused({std::string(5000, 'x')}).size(), 200U)
        << "a name may be as long as a file says";
}

}  // namespace lorikeet::models
