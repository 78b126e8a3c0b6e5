#include "train/preview.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/tiny.hpp"

namespace lorikeet::train {
namespace {

models::Model& model() {
    static const auto loaded = models::load_model(support::tiny_checkpoint());
    return *loaded;
}

ImageRequest small_request() {
    ImageRequest request;
    request.prompt = "a red bird";
    request.steps = 2;
    request.width_px = 40;
    request.height_px = 32;
    return request;
}

io::Image generated(const ImageRequest& request) { return generate(model(), request, base::Cancel()); }

}  // namespace

TEST(Preview, ASeedGivesItsImageAndAnotherSeedAnother) {
    auto request = small_request();
    const auto image = generated(request);
    EXPECT_EQ(image.width_px, 40);
    EXPECT_EQ(image.height_px, 32);
    EXPECT_EQ(image.rgb.size(), 40U * 32U * 3U);
    EXPECT_EQ(generated(request), image);
    request.seed = 2;
    EXPECT_NE(generated(request), image);
}

TEST(Preview, TheNegativePromptCountsWithGuidanceAlone) {
    auto request = small_request();
    auto negative = request;
    negative.negative = "rain";
    EXPECT_NE(generated(negative), generated(request));
    request.cfg = negative.cfg = 1;
    EXPECT_EQ(generated(negative), generated(request));
    auto other = request;
    other.prompt = "a blue tree";
    EXPECT_NE(generated(other), generated(request));
}

TEST(Preview, EscapedBracketsOfPromptsArePlainOnes) {
    ImageRequest request;
    request.prompt = R"(lorikeet \(bird\))";
    request.negative = R"(\[rain\])";
    EXPECT_EQ(prompts_of(request), (std::vector<std::string>{"[rain]", "lorikeet (bird)"}));
    settings::Sample sample;
    EXPECT_TRUE(texts_of(sample, {}).empty());
    sample.prompts = {{request.prompt, "", 1}};
    EXPECT_EQ(texts_of(sample, {}), (std::set<std::string>{"", "lorikeet (bird)"}));
    request.reading.weighted = true;
    EXPECT_EQ(prompts_of(request).back(), request.prompt) << "what reads the weights takes them for letters";
}

TEST(Preview, SdxlSamplesFromKeptStatesWithoutItsEncoders) {
    const auto xl = models::load_model(support::tiny_sdxl_checkpoint());
    auto request = small_request();
    const auto image = generate(*xl, request, base::Cancel());
    request.text = xl->read_captions(prompts_of(request), 1, {});
    xl->release(models::Part::Text);
    EXPECT_EQ(generate(*xl, request, base::Cancel()), image);
    request.text->pooled = request.text->pooled.flip(0);
    EXPECT_NE(generate(*xl, request, base::Cancel()), image);
}

TEST(Preview, AVaeThatGivesNanInBfloat16IsAskedAgainInFloat32) {
    const auto xl = models::load_stable_diffusion(support::tiny_sdxl_checkpoint(), {.vae = at::kBFloat16});
    xl->vae.post_quant_conv.bias = at::full_like(xl->vae.post_quant_conv.bias, NAN);
    const auto exact = models::load_model(support::tiny_sdxl_checkpoint());
    EXPECT_EQ(generate(*xl, small_request(), base::Cancel()),
              generate(*exact, small_request(), base::Cancel()));
}

TEST(Preview, ASizeThatTheModelCannotMakeIsRefusedWithThoseItCan) {
    for (const auto& [width, height] : {std::pair{42, 32}, {40, 28}, {0, 32}, {-40, 32}}) {
        auto request = small_request();
        request.width_px = width;
        request.height_px = height;
        try {
            generated(request);
            FAIL() << width << " x " << height << " was generated";
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
            EXPECT_EQ(error.hint(), "Take sides that are multiples of 4 and at least 32.");
        }
    }
}

TEST(Preview, StopsBehindTheStepInWhichItIsAskedTo) {
    base::Cancel cancel;
    std::vector<std::int64_t> steps;
    auto request = small_request();
    request.steps = 5;
    const auto listen = [&](std::int64_t done) {
        steps.push_back(done);
        if (done == 2) cancel.request_stop();
    };
    try {
        generate(model(), request, cancel, listen);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Interrupted);
    }
    EXPECT_EQ(steps, (std::vector<std::int64_t>{1, 2}));
}

TEST(Preview, PixelsAreClampedAndRoundedInRowsOfRgb) {
    // Two pixels of a row: red -1 and 1, green -3 and 2, blue 0.5 and -0.5.
    const auto pixels = at::tensor({-1.0, 1.0, -3.0, 2.0, 0.5, -0.5}).view({1, 3, 1, 2});
    const auto image = to_image(pixels);
    EXPECT_EQ(image.width_px, 2);
    EXPECT_EQ(image.height_px, 1);
    EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{0, 0, 191, 255, 255, 64}));
    EXPECT_THROW(to_image(at::zeros({2, 3, 1, 2})), base::Error);
}

TEST(Preview, ParametersAreWrittenAsA1111WritesThem) {
    auto request = small_request();
    request.negative = "rain";
    request.seed = 77;
    request.sampler = settings::SamplerKind::EulerA;
    EXPECT_EQ(
        parameters_text(request, "tiny"),
        "a red bird\nNegative prompt: rain\n"
        "Steps: 2, Sampler: Euler a, CFG scale: 7, Seed: 77, Size: 40x32, Model: tiny, Version: Lorikeet");
    request.negative.clear();
    request.clip_skip = 2;
    EXPECT_EQ(parameters_text(request, "tiny"),
              "a red bird\nSteps: 2, Sampler: Euler a, CFG scale: 7, Seed: 77, Size: 40x32, Model: tiny, "
              "Clip skip: 2, Version: Lorikeet");
}

}  // namespace lorikeet::train
