#include <filesystem>

#include <gtest/gtest.h>

#include "bird.hpp"
#include "exam.hpp"
#include "io/image.hpp"
#include "models/stable_diffusion.hpp"
#include "support/places.hpp"
#include "vae_stage.hpp"

namespace lorikeet::tiny_base {
namespace {

const base::Path kAssets = support::root() / "assets";

TEST(TinyBase, IsTheModelThatItsProgramMakes) {
    const auto file = kAssets / "tiny" / "tiny.safetensors";
    EXPECT_LE(std::filesystem::file_size(file), 20'000'000U);
    const auto bundle = models::load_stable_diffusion(file);
    EXPECT_EQ(bundle->spec().vae, vae_spec());
    EXPECT_EQ(bundle->spec().native_size_px, kSizePx);
    EXPECT_TRUE(bundle->source().unused.empty());
}

TEST(TinyBase, KeepsDrawingsWholeThroughItsVae) {
    const auto bundle = models::load_stable_diffusion(kAssets / "tiny" / "tiny.safetensors");
    EXPECT_GE(measure_vae(bundle->vae).world, 28.0);
    EXPECT_GE(measure_judge(100, &bundle->vae).all, 0.95);
}

TEST(TinyBaseSlow, DrawsWhatFourPromptsInFiveAskFor) {
    const auto bundle = models::load_stable_diffusion(kAssets / "tiny" / "tiny.safetensors");
    const SampleGenerator generator{bundle->unet, bundle->vae, bundle->texts.front(), bundle->tokenizer(),
                                    bundle->spec().latent_scale};
    EXPECT_GE(examine(generator, 4, 1).score.all, 0.8);
}

TEST(Lorikeets, AreWhatTheProgramDraws) {
    const auto portraits = demo_portraits();
    for (std::size_t i = 0; i < portraits.size(); ++i) {
        const auto name = (i < 9 ? "lorikeet-0" : "lorikeet-") + std::to_string(i + 1);
        const auto image = io::read_image(kAssets / "lorikeet" / (name + ".png"));
        EXPECT_EQ(image, draw_bird(portraits[i], image.width_px).image()) << name;
        EXPECT_EQ(base::read_text(kAssets / "lorikeet" / (name + ".txt")), caption_of(portraits[i]) + "\n");
    }
}

}  // namespace
}  // namespace lorikeet::tiny_base
