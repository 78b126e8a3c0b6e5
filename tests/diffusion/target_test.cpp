#include "diffusion/target.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "diffusion/noising.hpp"
#include "support/golden.hpp"

namespace lorikeet::diffusion {

using support::expect_near;
using support::golden;

TEST(TargetGolden, IsTheNoiseOrTheVelocityOfDiffusers) {
    for (const auto& [name, terminal, share] :
         {std::tuple{"diffusion", Terminal::Trace, 1e-6}, {"zero_snr", Terminal::Nothing, 1e-5}}) {
        const auto file = golden(name);
        const auto schedule = make_schedule(terminal, support::test_device());
        const auto latents = file.get("latents"), noise = file.get("noise"), t = file.get("timesteps");
        expect_near(target_of(Prediction::Epsilon, schedule, latents, noise, t), noise, 1e-6, name);
        expect_near(target_of(Prediction::Velocity, schedule, latents, noise, t), file.get("velocity"), share,
                    name);
    }
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

// Where nothing of the image is left, the noise says nothing about it, and the velocity says it all.
TEST(Target, AtTheEndOfAZeroTerminalScheduleTheVelocityIsTheImageTurnedAround) {
    const auto schedule = make_schedule(Terminal::Nothing);
    const auto latents = at::randn({1, 4, 2, 2}), noise = at::randn({1, 4, 2, 2});
    const auto last = at::tensor({999}, at::kLong);
    EXPECT_TRUE(at::equal(target_of(Prediction::Velocity, schedule, latents, noise, last), -latents));
}

// By hand for each image of a batch: a number of another image's timestep would show.
TEST(Target, EachImageHasTheVelocityOfItsOwnTimestepInItsOwnDtype) {
    const auto schedule = make_schedule();
    const auto t = at::tensor({700, 0, 250}, at::kLong);
    const auto latents = at::full({3, 1, 1, 1}, 2.0), noise = at::full({3, 1, 1, 1}, -1.0);
    const auto v = target_of(Prediction::Velocity, schedule, latents, noise, t);
    for (std::int64_t i = 0; i < 3; ++i) {
        const auto a = schedule.alpha_bar[t[i].item<std::int64_t>()].item<double>();
        EXPECT_NEAR(v[i].item<double>(), -std::sqrt(a) - 2 * std::sqrt(1 - a), 1e-6) << i;
    }
    for (const auto prediction : {Prediction::Epsilon, Prediction::Velocity})
        EXPECT_EQ(target_of(prediction, schedule, latents.to(at::kBFloat16), noise.to(at::kBFloat16), t)
                      .scalar_type(),
                  at::kBFloat16);
}

}  // namespace lorikeet::diffusion
