#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "diffusion/sampler.hpp"
#include "diffusion/target.hpp"
#include "settings/field.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::diffusion {

TEST(Noising, TheSameGeneratorDrawsTheSame) {
    const auto latents = at::zeros({2, 4, 3, 5});
    auto first = tensor::generator(1, tensor::Stream::Noise, 7);
    auto second = tensor::generator(1, tensor::Stream::Noise, 7);
    EXPECT_TRUE(at::equal(draw_noise(latents, 0.1, first), draw_noise(latents, 0.1, second)));
}

TEST(Noising, AnOffsetIsOneNumberForEachChannel) {
    const auto latents = at::zeros({2, 4, 3, 5});
    auto first = tensor::generator(1, tensor::Stream::Noise);
    auto second = tensor::generator(1, tensor::Stream::Noise);
    const auto difference = draw_noise(latents, 0.5, first) - draw_noise(latents, 0, second);
    EXPECT_LT(difference.std({2, 3}).max().item<double>(), 1e-6);
    EXPECT_GT(difference.mean({2, 3}).std().item<double>(), 0.05);
}

TEST(Noising, TimestepsStayInTheirRange) {
    auto generator = tensor::generator(3, tensor::Stream::Time);
    const auto t = draw_timesteps(4000, 990, 1000, generator);
    EXPECT_EQ(t.min().item<std::int64_t>(), 990);
    EXPECT_EQ(t.max().item<std::int64_t>(), 999);
    EXPECT_THROW(draw_timesteps(1, 5, 5, generator), base::Error);
}

TEST(Target, APerfectPredictionOfEitherKindGivesTheLatentsBack) {
    const auto schedule = make_schedule();
    const auto latents = at::randn({3, 4, 2, 2}), noise = at::randn({3, 4, 2, 2});
    const auto t = at::tensor({10, 500, 900}, at::kLong);
    const auto noisy = add_noise(schedule, latents, noise, t);
    const auto v = target_of(Prediction::Velocity, schedule, latents, noise, t);
    const auto a = schedule.alpha_bar_of(t);
    EXPECT_TRUE(at::allclose(a.sqrt() * noisy - (1 - a).sqrt() * v, latents, 1e-4, 1e-5));
    EXPECT_TRUE(at::equal(target_of(Prediction::Epsilon, schedule, latents, noise, t), noise));
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

// A network that knows the one image there is leads every sampler to it.
TEST(Sampler, FindsTheImageThatAPerfectNetworkKnows) {
    const auto schedule = make_schedule();
    auto generator = tensor::generator(5, tensor::Stream::Sample);
    const auto image = at::randn({1, 4, 3, 3}, generator, at::kFloat);
    const auto start = at::randn({1, 4, 3, 3}, generator, at::kFloat);
    for (const auto kind :
         {settings::SamplerKind::Ddim, settings::SamplerKind::Euler, settings::SamplerKind::EulerA})
        for (const auto prediction : {Prediction::Epsilon, Prediction::Velocity}) {
            const Predictor predicted = [&](const at::Tensor& x, double timestep) {
                const double exact = schedule.alpha_bar[static_cast<std::int64_t>(timestep)].item<double>();
                const auto noise = (x - std::sqrt(exact) * image) / std::sqrt(1 - exact);
                return prediction == Prediction::Epsilon
                           ? noise
                           : std::sqrt(exact) * noise - std::sqrt(1 - exact) * image;
            };
            std::int64_t calls = 0;
            const auto found = sample(schedule, prediction,
                                      {kind, 40, [&](std::int64_t done) { EXPECT_EQ(done, ++calls); }}, start,
                                      predicted, generator);
            EXPECT_EQ(calls, 40);
            EXPECT_LT((found - image).abs().max().item<double>(), 0.15) << static_cast<int>(kind);
        }
}

// A form that lets a number pass which the sampler then refuses fails hours later than it should.
TEST(Sampler, TakesEveryNumberOfStepsThatTheSettingAllows) {
    auto generator = tensor::generator(5, tensor::Stream::Sample);
    const Predictor predicted = [](const at::Tensor& x, double) { return x; };
    const auto* steps = settings::schema<settings::Sample>().find("steps");
    ASSERT_NE(steps, nullptr);
    for (const double count : {steps->range.least, steps->range.most})
        EXPECT_NO_THROW(sample(make_schedule(), Prediction::Epsilon,
                               {.steps = static_cast<std::int64_t>(count)}, at::zeros({1, 4, 2, 2}),
                               predicted, generator))
            << count;
}

TEST(Sampler, RefusesANumberOfStepsThatTheScheduleDoesNotHave) {
    auto generator = tensor::generator(5, tensor::Stream::Sample);
    const Predictor predicted = [](const at::Tensor& x, double) { return x; };
    EXPECT_THROW(sample(make_schedule(), Prediction::Epsilon, {.steps = 0}, at::zeros({1, 4, 2, 2}),
                        predicted, generator),
                 base::Error);
    EXPECT_THROW(sample(make_schedule(), Prediction::Epsilon, {.steps = 1000}, at::zeros({1, 4, 2, 2}),
                        predicted, generator),
                 base::Error);
}

}  // namespace lorikeet::diffusion
