#include "train/words.hpp"

#include <gtest/gtest.h>

#include "models/random_checkpoint.hpp"

namespace lorikeet::train {

TEST(Words, PrecisionsBecomeTypes) {
    EXPECT_EQ(scalar_type_of(settings::Precision::Bfloat16), at::kBFloat16);
    EXPECT_EQ(scalar_type_of(settings::Precision::Float32), at::kFloat);
    EXPECT_EQ(scalar_type_of(settings::SavePrecision::Float16), at::kHalf);
    EXPECT_EQ(scalar_type_of(settings::SavePrecision::Bfloat16), at::kBFloat16);
    EXPECT_EQ(scalar_type_of(settings::SavePrecision::Float32), at::kFloat);
    EXPECT_EQ(name_of(settings::DeviceChoice::Cuda), "cuda");
}

TEST(Words, APredictionThatIsNotSaidIsTheModels) {
    auto spec = models::tiny_sd1_spec();
    EXPECT_EQ(prediction_of(settings::Prediction::Auto, spec), diffusion::Prediction::Epsilon);
    spec.prediction = settings::Prediction::Velocity;
    EXPECT_EQ(prediction_of(settings::Prediction::Auto, spec), diffusion::Prediction::Velocity);
    EXPECT_EQ(prediction_of(settings::Prediction::Epsilon, spec), diffusion::Prediction::Epsilon);
}

}  // namespace lorikeet::train
