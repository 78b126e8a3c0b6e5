#include "tag/blip_vision.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/visitors.hpp"
#include "tag/golden_blip.hpp"

namespace lorikeet::tag {

TEST(BlipVisionGolden, SeesAsTransformersDoes) {
    const GoldenBlip golden;
    support::expect_near(golden.blip->states(golden.file.get("pixels")), golden.file.get("states"), 1e-5,
                         "states");
}

TEST(BlipVision, BaseAndLargeHaveTheirSizes) {
    const auto count_of = [](std::int64_t width, std::int64_t depth, std::int64_t heads) {
        BlipVision vision({.width = width,
                           .depth = depth,
                           .heads = heads,
                           .mlp = 4 * width,
                           .grid = 24,
                           .has_class_token = true,
                           .class_has_position = true});
        nn::CountWeights count;
        vision.visit(count);
        return count.numbers;
    };
    // As many as transformers counts in BlipVisionModel with the sizes of blip-image-captioning-base and -large.
    EXPECT_EQ(count_of(768, 12, 12), 86'090'496);
    EXPECT_EQ(count_of(1024, 24, 16), 303'690'752);
}

TEST(BlipVision, HeadsThatDoNotPartTheWidthAreTold) {
    EXPECT_EQ(blip_heads({}, 768), 12);
    EXPECT_EQ(blip_heads({8, Activation::Gelu, 1e-5}, 768), 8);
    EXPECT_THROW(blip_heads({7, Activation::Gelu, 1e-5}, 768), base::Error);
    EXPECT_THROW(blip_heads({}, 32), base::Error);
}

}  // namespace lorikeet::tag
