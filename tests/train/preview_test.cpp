#include "train/preview.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/tiny.hpp"

namespace lorikeet::train {
namespace {

PictureRequest small_request() {
    PictureRequest request;
    request.prompt = "a bird";
    request.steps = 2;
    request.width_px = request.height_px = 64;
    return request;
}

}  // namespace

TEST(Preview, PixelsBecomeRoundedBytesWithinTheirRange) {
    auto pixels = at::zeros({1, 3, 1, 2});
    pixels[0][0][0][0] = -7.0;
    pixels[0][1][0][0] = 7.0;
    pixels[0][2][0][1] = 0.5;
    const auto image = to_image(pixels);
    EXPECT_EQ(image.width_px, 2);
    EXPECT_EQ(image.height_px, 1);
    EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{0, 255, 128, 128, 128, 191}));
}

TEST(Preview, ParametersAreInTheWordsOtherProgramsRead) {
    auto request = small_request();
    request.negative = "blur";
    request.clip_skip = 2;
    EXPECT_EQ(
        parameters_text(request, "tiny"),
        "a bird\nNegative prompt: blur\nSteps: 2, Sampler: DDIM, CFG scale: 7, Seed: 1, Size: 64x64, Model: "
        "tiny, Clip skip: 2, Version: Lorikeet");
}

TEST(Preview, ASeedGivesItsPictureAndAnotherSeedAnother) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    const base::Cancel cancel;
    auto request = small_request();
    const auto picture = paint(*model, request, cancel);
    EXPECT_EQ(paint(*model, request, cancel), picture);
    request.seed = 2;
    EXPECT_NE(paint(*model, request, cancel), picture);
}

TEST(Preview, ASizeThatTheVaeCannotHalveIsRefused) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    auto request = small_request();
    request.width_px = 66;
    EXPECT_THROW(paint(*model, request, base::Cancel()), base::Error);
}

}  // namespace lorikeet::train
