#include "models/vae.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "models/golden_file.hpp"

namespace lorikeet::models {

namespace {

constexpr double kVaeTolerance = 2e-5;

VaeSpec tiny_vae() { return {.widths = {4, 8, 8}, .blocks = 1, .latent_channels = 4, .groups = 2}; }

template <class Model>
tensor::NamedTensors started_vae(Model& model) {
    nn::InitWeights init(3, 1.0);
    model.visit(init);
    nn::CollectWeights collect;
    model.visit(collect);
    return collect.tensors;
}

}  // namespace

TEST(VaeGolden, EncodesAndDecodesAsDiffusersDoes) {
    const auto file = golden("vae");
    Vae vae(tiny_vae());
    load_golden(vae, file);
    const auto moments = vae.encode(file.get("pixels"));
    expect_near(moments.mean, file.get("mean"), kVaeTolerance, "mean");
    expect_near(moments.logvar, file.get("logvar"), kVaeTolerance, "logvar");
    expect_near(moments.deviation(), file.get("deviation"), kVaeTolerance, "deviation");
    expect_near(vae.decode(file.get("latents")), file.get("decoded"), kVaeTolerance, "decoded");
}

TEST(VaeGolden, HasTheSameGradients) {
    const auto file = golden("vae");
    Vae vae(tiny_vae());
    load_golden(vae, file);
    const auto moments = vae.encode(file.get("pixels"));
    const auto decoded = vae.decode(file.get("latents"));
    const auto pull = file.get("encode_pull");
    ((moments.mean * pull).sum() + (moments.deviation() * pull).sum() +
     (decoded * file.get("decode_pull")).sum())
        .backward();
    expect_gradients(vae, file, kVaeTolerance);
}

TEST(VaeGolden, AnswersTheSameWhenNoGradientIsRecorded) {
    const auto file = golden("vae");
    Vae vae(tiny_vae());
    load_golden(vae, file);
    const at::NoGradGuard no_grad;
    const auto pixels = file.get("pixels").clone();
    expect_near(vae.encode(pixels).mean, file.get("mean"), kVaeTolerance, "mean");
    EXPECT_TRUE(at::equal(pixels, file.get("pixels"))) << "the input was written to";
    const auto latents = file.get("latents").clone();
    expect_near(vae.decode(latents), file.get("decoded"), kVaeTolerance, "decoded");
    EXPECT_TRUE(at::equal(latents, file.get("latents"))) << "the input was written to";
}

TEST(Vae, HasTheWeightsOfStableDiffusion) {
    Vae vae(VaeSpec{});
    nn::CountWeights count;
    vae.visit(count);
    EXPECT_EQ(count.numbers, 83'653'863);
    EXPECT_EQ(count.tensors, 248);
    EXPECT_EQ(vae.spec.factor(), 8);
}

TEST(Vae, EveryWeightTakesPartInTraining) {
    Vae vae({.widths = {4, 6}, .blocks = 2, .latent_channels = 3, .groups = 2});
    const auto weights = started_vae(vae);
    for (const auto& [name, weight] : weights) weight.requires_grad_();
    const auto pixels = at::rand({1, 3, 8, 12}) * 2 - 1;
    const auto moments = vae.encode(pixels);
    const auto again = vae.decode(moments.draw(at::randn_like(moments.mean)));
    EXPECT_EQ(moments.mean.sizes(), (at::IntArrayRef{1, 3, 4, 6}));
    EXPECT_EQ(again.sizes(), pixels.sizes());
    (again - pixels).pow(2).sum().backward();
    for (const auto& [name, weight] : weights) EXPECT_TRUE(weight.grad().defined()) << name;
}

TEST(Vae, LogvarStaysWithinItsBounds) {
    Vae vae(tiny_vae());
    auto weights = started_vae(vae);
    const at::NoGradGuard no_grad;
    weights.at("quant_conv.bias").fill_(1e4);
    const auto moments = vae.encode(at::zeros({1, 3, 8, 8}));
    EXPECT_EQ(moments.logvar.max().item<float>(), 20.0F);
}

// Of the norm, over many images: a single latent near 0 is off by more than itself.
TEST(Vae, HalfPrecisionWeightsGiveFloatMoments) {
    Vae vae(tiny_vae());
    started_vae(vae);
    const at::NoGradGuard no_grad;
    const auto pixels = at::rand({64, 3, 8, 8}) * 2 - 1;
    const auto full = vae.encode(pixels).mean;
    nn::ChangeWeights cast(
        [](const std::string&, const at::Tensor& weight) { return weight.to(at::kBFloat16); });
    vae.visit(cast);
    const auto half = vae.encode(pixels).mean;
    EXPECT_EQ(half.scalar_type(), at::kFloat);
    const auto error = (half - full).norm().item<double>() / full.norm().item<double>();
    EXPECT_LT(error, 0.05);
    EXPECT_GT(error, 0.0);
}

}  // namespace lorikeet::models
