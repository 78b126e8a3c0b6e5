#include "diffusion/noising.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/golden.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::diffusion {

using support::expect_near;
using support::golden;

TEST(NoisingGolden, MixesAsDiffusersDoes) {
    const auto file = golden("diffusion");
    const auto schedule = make_schedule(Terminal::Trace, support::test_device());
    expect_near(add_noise(schedule, file.get("latents"), file.get("noise"), file.get("timesteps")),
                file.get("noisy"), 1e-6, "noisy");
}

TEST(NoisingGolden, WithZeroTerminalSnrTheLastTimestepIsNoiseAloneAsInDiffusers) {
    const auto file = golden("zero_snr");
    const auto schedule = make_schedule(Terminal::Nothing, support::test_device());
    expect_near(add_noise(schedule, file.get("latents"), file.get("noise"), file.get("timesteps")),
                file.get("noisy"), 1e-5, "noisy");
    const auto latents = at::ones({1, 1, 2, 2}).to(support::test_device()), noise = 3 * latents;
    const auto last = at::full({1}, schedule.steps() - 1, latents.options().dtype(at::kLong));
    EXPECT_TRUE(at::equal(add_noise(schedule, latents, noise, last), noise));
}

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
}

TEST(Noising, ARangeWithoutTimestepsIsRefusedWithTheSettingsThatMakeIt) {
    auto generator = tensor::generator(3, tensor::Stream::Time);
    EXPECT_TRUE(at::equal(draw_timesteps(3, 5, 6, generator), at::full({3}, 5, at::kLong)));
    for (const auto& [first, end] : {std::pair{5, 5}, {6, 5}, {-1, 5}}) try {
            draw_timesteps(1, first, end, generator);
            ADD_FAILURE() << first << " to " << end;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
            EXPECT_NE(error.hint().find("noise.min_timestep"), std::string::npos) << error.hint();
        }
}

TEST(Noising, NoiseHasTheDtypeOfTheLatentsAndTheNumbersOfFloat32) {
    auto first = tensor::generator(1, tensor::Stream::Noise),
         second = tensor::generator(1, tensor::Stream::Noise);
    const auto latents = at::zeros({2, 4, 3, 5});
    const auto half = draw_noise(latents.to(at::kBFloat16), 0.25, first);
    EXPECT_EQ(half.scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::equal(half, draw_noise(latents, 0.25, second).to(at::kBFloat16)));
    const auto t = at::tensor({10, 900}, at::kLong);
    EXPECT_EQ(add_noise(make_schedule(), latents.to(at::kHalf), half.to(at::kHalf), t).scalar_type(),
              at::kHalf);
}

// What a network is used to: neither the noise nor the mix is louder or quieter than 1.
TEST(Noising, AMixOfUnitVarianceKeepsIt) {
    auto generator = tensor::generator(2, tensor::Stream::Noise);
    const auto latents = draw_noise(at::zeros({3, 4, 64, 64}), 0, generator);
    const auto noise = draw_noise(latents, 0, generator);
    const auto mix = add_noise(make_schedule(), latents, noise, at::tensor({10, 400, 990}, at::kLong));
    for (const auto& image : mix.unbind(0)) EXPECT_NEAR(image.var().item<double>(), 1, 0.05);
    // sqrt(1 + offset^2) is how loud the noise becomes.
    const auto louder = draw_noise(at::zeros({200, 100, 2, 2}), 0.5, generator);
    EXPECT_NEAR(louder.var().item<double>(), 1.25, 0.03);
}

}  // namespace lorikeet::diffusion
