#include "models/stable_diffusion_family.hpp"

#include <gtest/gtest.h>

#include "models/spec.hpp"
#include "support/tiny.hpp"

namespace lorikeet::models {

TEST(StableDiffusionFamily, EachRowRecognisesItsOwnAlone) {
    const io::SafetensorsFile first(support::tiny_checkpoint()), xl(support::tiny_sdxl_checkpoint());
    EXPECT_TRUE(stable_diffusion_1().recognises(first));
    EXPECT_FALSE(stable_diffusion_1().recognises(xl));
    EXPECT_TRUE(sdxl().recognises(xl));
    EXPECT_FALSE(sdxl().recognises(first));
    EXPECT_EQ(context_of_lora(first), 0);
}

}  // namespace lorikeet::models
