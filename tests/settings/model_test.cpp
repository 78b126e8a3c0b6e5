#include "settings/model.hpp"

#include "settings/good_job.hpp"

namespace lorikeet::settings {

TEST(ModelSection, WithoutAWordTheIncludedModelIsTrainedAsItsFileSays) {
    const Model model;
    EXPECT_EQ(model.checkpoint, "tiny");
    EXPECT_EQ(model.prediction, Prediction::Auto);
    EXPECT_EQ(model.zero_snr, ZeroSnr::Auto);
    EXPECT_EQ(model.vae, "");
    EXPECT_TRUE(said_of("model.checkpoint", "").starts_with("model.checkpoint: is needed."));
    EXPECT_EQ(said_of("model.vae", ""), "");
}

TEST(ModelSection, CaptionsAreReadInOneTwoOrThreePieces) {
    for (const auto* tokens : {"75", "150", "225"})
        EXPECT_EQ(said_of("model.max_tokens", tokens), "") << tokens;
    for (const auto& [tokens, nearest] : {std::pair{"77", "75"}, {"140", "150"}, {"300", "225"}, {"0", "75"}})
        EXPECT_TRUE(
            said_of("model.max_tokens", tokens).ends_with(std::string("The nearest is ") + nearest + "."))
            << said_of("model.max_tokens", tokens);
}

TEST(ModelSection, LayersOfTheTextEncoderCountFromOne) {
    EXPECT_EQ(Model{}.clip_skip, 1);
    EXPECT_EQ(said_of("model.clip_skip", "2"), "");
    EXPECT_EQ(said_of("model.clip_skip", "0"),
              "model.clip_skip: must be at least 1 and at most 24, is 0. The nearest is 1.");
}

// What is a switch there is a word here: the hint names the word, and it is one that is taken.
TEST(ModelSection, TheSwitchesOfSdScriptsBecomeWords) {
    EXPECT_EQ(follow("v_parameterization").model.prediction, Prediction::Velocity);
    EXPECT_EQ(follow("zero_terminal_snr").model.zero_snr, ZeroSnr::On);
    EXPECT_EQ(follow("no_half_vae").model.vae_precision, VaePrecision::Float32);
    EXPECT_EQ(led_to("pretrained_model_name_or_path"), "model.checkpoint");
    EXPECT_EQ(led_to("max_token_length"), "model.max_tokens");
}

TEST(ModelSection, NothingOfItMayBeAnotherWhenARunIsResumed) { EXPECT_EQ(harmless<Model>(), ""); }

}  // namespace lorikeet::settings
