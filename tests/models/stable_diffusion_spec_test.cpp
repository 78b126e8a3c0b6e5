#include "models/stable_diffusion_spec.hpp"

#include <gtest/gtest.h>

#include "models/changed_checkpoint.hpp"
#include "models/stable_diffusion_family.hpp"

namespace lorikeet::models {

TEST(StableDiffusionSpec, SizesAreReadBackFromAFileAsTheyWereWritten) {
    const auto wanted = tiny_sd1_spec();
    const auto spec = stable_diffusion_spec_of(io::SafetensorsFile(support::tiny_checkpoint()));
    EXPECT_EQ(spec.unet, wanted.unet);
    EXPECT_EQ(spec.vae, wanted.vae);
    EXPECT_EQ(spec.texts, wanted.texts);
    EXPECT_EQ(spec.latent_scale, wanted.latent_scale);
    EXPECT_EQ(spec.native_size_px, 64);
    EXPECT_EQ(spec.prediction, settings::Prediction::Epsilon);
}

TEST(StableDiffusionSpec, TellsSdxlAndItsTwoTowersFromTheirNames) {
    const auto wanted = tiny_sdxl_spec();
    const auto spec = stable_diffusion_spec_of(io::SafetensorsFile(support::tiny_sdxl_checkpoint()));
    EXPECT_EQ(spec.family, &sdxl());
    EXPECT_EQ(spec.unet, wanted.unet);
    EXPECT_EQ(spec.texts, wanted.texts);
    EXPECT_EQ(spec.latent_scale, 0.13025);
}

TEST(StableDiffusionSpec, ReadsTheMarksOfVelocityAndOfZeroTerminalSnr) {
    for (const bool by_tensors : {true, false}) {
        Changed file(support::tiny_sdxl_checkpoint());
        EXPECT_EQ(stable_diffusion_spec_of(io::SafetensorsFile(file.save("plain"))).prediction,
                  settings::Prediction::Epsilon);
        if (by_tensors) {
            file.tensors["v_pred"] = at::zeros({0});
            file.tensors["ztsnr"] = at::zeros({0});
        } else {
            file.metadata["modelspec.prediction_type"] = "v";
            file.metadata["ss_zero_terminal_snr"] = "True";
        }
        const auto spec = stable_diffusion_spec_of(io::SafetensorsFile(file.save()));
        EXPECT_EQ(spec.prediction, settings::Prediction::Velocity);
        EXPECT_TRUE(spec.zero_snr);
    }
}

TEST(StableDiffusionSpec, RefusesAnSdxlFileWithoutItsSecondTower) {
    Changed file(support::tiny_sdxl_checkpoint());
    std::erase_if(file.tensors,
                  [](const auto& t) { return t.first.starts_with("conditioner.embedders.1."); });
    const auto path = file.save();
    const auto message = message_of([&] { stable_diffusion_spec_of(io::SafetensorsFile(path)); });
    EXPECT_TRUE(holds(message, "There is no second text encoder in")) << message;
}

TEST(StableDiffusionSpec, NamesTheFamiliesItKnowsForOneItDoesNot) {
    Changed file;
    file.tensors = {{"model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", at::zeros({2, 2})}};
    const auto path = file.save();
    const auto message = message_of([&] { stable_diffusion_spec_of(io::SafetensorsFile(path)); });
    EXPECT_TRUE(holds(message,
                      "is a Stable Diffusion 3 model. Lorikeet trains Stable Diffusion 1.x and Stable "
                      "Diffusion XL"))
        << message;
}

TEST(StableDiffusionSpec, TakesWhatShapesDoNotTellFromTheMetadata) {
    Changed file;
    file.metadata["modelspec.prediction_type"] = "v";
    file.metadata["lorikeet.latent_scale"] = "0.5";
    file.metadata["lorikeet.unet.heads"] = "8";
    const auto spec = stable_diffusion_spec_of(io::SafetensorsFile(file.save()));
    EXPECT_EQ(spec.prediction, settings::Prediction::Velocity);
    EXPECT_EQ(spec.latent_scale, 0.5);
    EXPECT_EQ(spec.unet.heads, 8);
}

TEST(StableDiffusionSpec, RefusesMetadataThatCannotBe) {
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"lorikeet.unet.heads", "7"},
                                                          {"lorikeet.unet.heads", "-4"},
                                                          {"lorikeet.unet.groups", "0"},
                                                          {"lorikeet.vae.groups", "many"},
                                                          {"lorikeet.latent_scale", "nan"},
                                                          {"lorikeet.native_size", "64.5"}}) {
        Changed file;
        file.metadata[key] = value;
        const auto path = file.save();
        EXPECT_THROW(stable_diffusion_spec_of(io::SafetensorsFile(path)), base::Error)
            << key << " = " << value;
    }
}

TEST(StableDiffusionSpec, SaysWhatAFileOfAnotherKindIs) {
    Changed file;
    std::erase_if(file.tensors, [](const auto& t) { return !t.first.starts_with("first_stage_model."); });
    const auto path = file.save();
    const auto message = message_of([&] { stable_diffusion_spec_of(io::SafetensorsFile(path)); });
    EXPECT_TRUE(holds(message, "is a VAE alone. Name a whole checkpoint")) << message;
}

}  // namespace lorikeet::models
