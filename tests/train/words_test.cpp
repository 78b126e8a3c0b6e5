#include "train/words.hpp"

#include <gtest/gtest.h>

#include "models/stable_diffusion_family.hpp"
#include "models/stable_diffusion_spec.hpp"

namespace lorikeet::train {

TEST(Words, EveryPrecisionHasItsScalarType) {
    EXPECT_EQ(scalar_type_of(settings::SavePrecision::Float32), at::kFloat);
    EXPECT_EQ(scalar_type_of(settings::SavePrecision::Float16), at::kHalf);
    EXPECT_EQ(scalar_type_of(settings::SavePrecision::Bfloat16), at::kBFloat16);
}

TEST(Words, DevicesAreCalledAsTheSettingsCallThem) {
    for (const auto device :
         {settings::DeviceChoice::Auto, settings::DeviceChoice::Cpu, settings::DeviceChoice::Cuda})
        EXPECT_EQ(name_of(device), settings::say(device).word);
}

TEST(Words, ThePredictionAskedForWinsOverTheFilesOwn) {
    using Wanted = settings::Prediction;
    models::StableDiffusionSpec noise, velocity;
    velocity.prediction = Wanted::Velocity;
    EXPECT_EQ(prediction_of(Wanted::Auto, noise), diffusion::Prediction::Epsilon);
    EXPECT_EQ(prediction_of(Wanted::Auto, velocity), diffusion::Prediction::Velocity);
    EXPECT_EQ(prediction_of(Wanted::Epsilon, velocity), diffusion::Prediction::Epsilon);
    EXPECT_EQ(prediction_of(Wanted::Velocity, noise), diffusion::Prediction::Velocity);
}

TEST(Words, SaysThatClipSkipIsNotReadForSdxl) {
    settings::Model model;
    model.clip_skip = 2;
    models::StableDiffusionSpec spec;
    EXPECT_TRUE(notes_on(model, spec).empty());
    spec.family = &models::sdxl();
    ASSERT_EQ(notes_on(model, spec).size(), 1U);
    EXPECT_EQ(notes_on(model, spec)[0],
              "SDXL always uses the same layer of its text encoders; model.clip_skip has no effect.");
}

}  // namespace lorikeet::train
