#include "diffusion/loss.hpp"

#include <gtest/gtest.h>

#include "diffusion/target.hpp"
#include "support/golden.hpp"

namespace lorikeet::diffusion {

using support::expect_near;
using support::golden;

TEST(LossGolden, IsThatOfDiffusersWithAndWithoutMinSnr) {
    const auto file = golden("diffusion");
    const auto schedule = make_schedule(Terminal::Trace, support::test_device());
    const auto latents = file.get("latents"), noise = file.get("noise"), predicted = file.get("guess");
    const auto t = file.get("timesteps");
    const double gamma = std::stod(file.metadata().at("gamma"));
    for (const auto& [prediction, name] :
         {std::pair{Prediction::Epsilon, std::string("epsilon")}, {Prediction::Velocity, "v"}}) {
        const auto target = target_of(prediction, schedule, latents, noise, t);
        const auto weights = min_snr_weight(schedule, t, prediction, gamma);
        expect_near(weights, file.get(name + ".weights"), 1e-5, name);
        expect_near(loss_of(predicted, target), file.get(name + ".loss"), 1e-6, name + " loss");
        expect_near(loss_of(predicted, target, weights), file.get(name + ".min_snr"), 1e-5,
                    name + " loss with min-SNR");
    }
}

TEST(LossGolden, OfAMaskIsTheMeanOverTheImageOrOverTheMask) {
    const auto file = golden("mask");
    for (const std::string name : {"square", "wide", "small"}) {
        const auto predicted = file.get(name + ".predicted"), target = file.get(name + ".target");
        const auto masks = file.get(name + ".reduced");
        expect_near(loss_of(predicted, target, {}, masks), file.get(name + ".loss"), 1e-6, name);
        expect_near(loss_of(predicted, target, {}, masks, MaskMean::Mask), file.get(name + ".loss_of_mask"),
                    1e-6, name + " over the mask");
    }
}

TEST(LossGolden, WithZeroTerminalSnrTheVelocityOfTheLastTimestepCounts) {
    const auto file = golden("zero_snr");
    const auto schedule = make_schedule(Terminal::Nothing, support::test_device());
    const auto t = file.get("timesteps");
    const auto target = target_of(Prediction::Velocity, schedule, file.get("latents"), file.get("noise"), t);
    const double gamma = std::stod(file.metadata().at("gamma"));
    const auto weights = min_snr_weight(schedule, t, Prediction::Velocity, gamma);
    expect_near(loss_of(file.get("guess"), target), file.get("loss"), 1e-5, "loss");
    expect_near(loss_of(file.get("guess"), target, weights), file.get("min_snr"), 1e-5, "min_snr");
}

TEST(Loss, IsOneNumberForEachImageInFloat32) {
    const auto schedule = make_schedule();
    const auto predicted = at::ones({2, 4, 3, 3}, at::kBFloat16), target = at::zeros({2, 4, 3, 3});
    const auto t = at::tensor({0, 999}, at::kLong);
    const auto plain = loss_of(predicted, target);
    EXPECT_EQ(plain.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(plain, at::ones({2})));
    const auto weighted = loss_of(predicted, target, at::tensor({1.0F, 0.5F}));
    EXPECT_TRUE(at::equal(weighted, at::tensor({1.0F, 0.5F})));
    const auto min_snr = loss_of(predicted, target, min_snr_weight(schedule, t, Prediction::Epsilon, 5.0));
    EXPECT_NEAR(min_snr[0].item<double>(), 0.00425362, 1e-6);
    EXPECT_FLOAT_EQ(min_snr[1].item<float>(), 1);
}

// A crop may lie where nothing counts.
TEST(Loss, OfAMaskOfNothingIsZeroAndFinite) {
    const auto predicted = at::ones({2, 4, 3, 3}).requires_grad_();
    auto masks = at::ones({2, 1, 3, 3});
    masks[0].zero_();
    const auto loss = loss_of(predicted, at::zeros({2, 4, 3, 3}), {}, masks, MaskMean::Mask);
    EXPECT_TRUE(at::equal(loss, at::tensor({0.0F, 1.0F})));
    loss.sum().backward();
    EXPECT_TRUE(at::isfinite(predicted.grad()).all().item<bool>());
    EXPECT_EQ(predicted.grad()[0].abs().max().item<double>(), 0);
}

// Above gamma an image that is nearly clean counts less; below it nothing is taken away.
TEST(Loss, MinSnrWeighsByTheSmallerOfTheRatioAndGamma) {
    const auto schedule = make_schedule();
    const auto t = at::arange(1000, at::kLong);
    const auto snr = schedule.snr_of(t), noisy = snr.le(5);
    const auto epsilon = min_snr_weight(schedule, t, Prediction::Epsilon, 5);
    EXPECT_TRUE(at::equal(epsilon.masked_select(noisy), at::ones({noisy.sum().item<std::int64_t>()})));
    EXPECT_TRUE(epsilon.masked_select(noisy.logical_not()).lt(1).all().item<bool>());
    EXPECT_TRUE(at::allclose(epsilon * snr, snr.clamp_max(5), 1e-5, 1e-6));
    EXPECT_TRUE(at::allclose(min_snr_weight(schedule, t, Prediction::Velocity, 5) * (snr + 1),
                             snr.clamp_max(5), 1e-5, 1e-6));
    EXPECT_GT(min_snr_weight(schedule, t, Prediction::Epsilon, 1).lt(epsilon).sum().item<std::int64_t>(),
              100);
}

TEST(Loss, IsTheMeanOverAnImageAndPassesItsGradient) {
    const auto predicted = at::tensor({1.0F, 3.0F, 0.0F, 0.0F}).view({2, 1, 1, 2}).requires_grad_();
    const auto target = at::tensor({0.0F, 1.0F, 0.0F, 4.0F}).view({2, 1, 1, 2});
    const auto loss = loss_of(predicted, target, at::tensor({1.0F, 0.5F}));
    EXPECT_TRUE(at::equal(loss, at::tensor({2.5F, 4.0F})));  // (1 + 4) / 2, and half of (0 + 16) / 2
    loss.sum().backward();
    EXPECT_TRUE(at::equal(predicted.grad().flatten(), at::tensor({1.0F, 2.0F, 0.0F, -2.0F})));
}

}  // namespace lorikeet::diffusion
