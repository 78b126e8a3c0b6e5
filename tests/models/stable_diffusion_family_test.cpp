#include "models/stable_diffusion_family.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/model.hpp"
#include "models/spec.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

TEST(StableDiffusionFamily, EachRowRecognisesItsOwnAlone) {
    const io::SafetensorsFile first(support::tiny_checkpoint()), xl(support::tiny_sdxl_checkpoint());
    EXPECT_TRUE(stable_diffusion_1().recognises(first));
    EXPECT_FALSE(stable_diffusion_1().recognises(xl));
    EXPECT_TRUE(sdxl().recognises(xl));
    EXPECT_FALSE(sdxl().recognises(first));
    EXPECT_EQ(context_of_lora(first), 0);
}

TEST(StableDiffusionFamily, AVaeOfItsOwnTakesThePlaceOfTheCheckpoints) {
    const auto whole = support::tiny_checkpoint();
    const support::TempFolder folder;
    const auto bare = folder.path() / "bare.safetensors", vae = folder.path() / "vae.safetensors";
    tensor::NamedTensors of_vae, others;
    const tensor::WeightFile file(whole);
    for (const auto& entry : file.entries())
        (entry.name.starts_with("first_stage_model.") ? of_vae : others)[entry.name] = file.get(entry.name);
    tensor::save_tensors(vae, of_vae, file.metadata());
    tensor::save_tensors(bare, others, file.metadata());

    EXPECT_THROW(spec_of(io::SafetensorsFile(bare)), base::Error) << "it has none";
    const PartFiles files{vae_in(vae)};
    EXPECT_EQ(spec_of(io::SafetensorsFile(bare), files)->latents().channels, 4);
    const auto one = load_model(whole), other = load_model(bare, {.files = files});
    EXPECT_EQ(one->vae_identity(), other->vae_identity());
    EXPECT_EQ(one->text_identity(), other->text_identity());
    EXPECT_EQ(other->source().file_of(Part::VaeDecoder).path, vae);
    EXPECT_EQ(other->source().file_of(Part::Unet).path, bare);
    EXPECT_TRUE(unused_in(whole, files).empty()) << "its own VAE is not counted as left over";
    const auto latents = at::randn({1, 4, 4, 4});
    EXPECT_TRUE(at::equal(one->decode(latents), other->decode(latents)));
}

}  // namespace lorikeet::models
