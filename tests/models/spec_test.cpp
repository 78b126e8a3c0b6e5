#include "models/spec.hpp"

#include <gtest/gtest.h>

#include "models/model.hpp"
#include "models/stable_diffusion_family.hpp"
#include "support/tiny.hpp"

namespace lorikeet::models {

TEST(Spec, OfACheckpointTellsItsFamilyAndItsLatents) {
    const auto spec = spec_of(io::SafetensorsFile(support::tiny_sdxl_checkpoint()));
    EXPECT_EQ(spec->family, &sdxl());
    EXPECT_EQ(spec->latents().channels, 4);
    EXPECT_EQ(spec->latents().factor, 4);
    EXPECT_EQ(spec->latents().scale, 0.13025);
    EXPECT_TRUE(spec->is_small());
    EXPECT_FALSE(usual_spec()->is_small());
}

TEST(Spec, MakesAModelWithoutAWeight) {
    const auto model = usual_spec()->outline();
    for (const auto part : kParts) EXPECT_FALSE(model->has(part));
    EXPECT_EQ(model->adapter_parts().size(), 2U);
}

}  // namespace lorikeet::models
