#include "diffusion/process.hpp"

#include <gtest/gtest.h>

#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "diffusion/target.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::diffusion {

// The golden tests hold the parts of it against diffusers; here they are the parts that were asked for.
TEST(Ddpm, IsItsScheduleAndItsPrediction) {
    const auto latents = at::randn({2, 4, 2, 2}), noise = at::randn({2, 4, 2, 2});
    const auto times = at::tensor({10, 900}, at::kLong);
    for (const auto prediction : {Prediction::Epsilon, Prediction::Velocity})
        for (const auto terminal : {Terminal::Trace, Terminal::Nothing}) {
            const Ddpm process(prediction, terminal);
            const auto schedule = make_schedule(terminal);
            EXPECT_EQ(process.prediction(), prediction);
            EXPECT_TRUE(
                at::equal(process.mix(latents, noise, times), add_noise(schedule, latents, noise, times)));
            EXPECT_TRUE(at::equal(process.target(latents, noise, times),
                                  target_of(prediction, schedule, latents, noise, times)));
            EXPECT_TRUE(at::equal(process.weights(times, 5), min_snr_weight(schedule, times, prediction, 5)));
        }
}

TEST(Ddpm, DrawsTimesWithinTheRange) {
    const Ddpm process(Prediction::Epsilon, Terminal::Trace);
    auto generator = tensor::generator(1, tensor::Stream::Time);
    const auto times = process.draw_times(1000, 20, 30, generator);
    EXPECT_EQ(times.min().item<std::int64_t>(), 20);
    EXPECT_EQ(times.max().item<std::int64_t>(), 29);
}

}  // namespace lorikeet::diffusion
