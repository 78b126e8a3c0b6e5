#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "diffusion/process.hpp"
#include "diffusion/target.hpp"
#include "support/golden.hpp"

namespace lorikeet::diffusion {

using support::expect_near;
using support::golden;

TEST(DiffusionGolden, ScheduleNoisingTargetAndLossAreThoseOfDiffusers) {
    const auto file = golden("diffusion");
    const auto schedule = make_schedule(Terminal::Trace, support::test_device());
    EXPECT_TRUE(at::equal(schedule.alpha_bar, file.get("alpha_bar")));
    const auto latents = file.get("latents"), noise = file.get("noise"), predicted = file.get("guess");
    const auto t = file.get("timesteps");
    expect_near(add_noise(schedule, latents, noise, t), file.get("noisy"), 1e-6, "noisy");
    expect_near(schedule.snr_of(t), file.get("snr"), 1e-5, "snr");
    for (const auto& [prediction, name] :
         {std::pair{Prediction::Epsilon, std::string("epsilon")}, {Prediction::Velocity, "v"}}) {
        const auto target = target_of(prediction, schedule, latents, noise, t);
        expect_near(target, prediction == Prediction::Epsilon ? noise : file.get("velocity"), 1e-6, name);
        const double gamma = std::stod(file.metadata().at("gamma"));
        expect_near(min_snr_weight(schedule, t, prediction, gamma), file.get(name + ".weights"), 1e-5, name);
        expect_near(loss_of(predicted, target), file.get(name + ".loss"), 1e-6, name + " loss");
        expect_near(loss_of(predicted, target, min_snr_weight(schedule, t, prediction, gamma)),
                    file.get(name + ".min_snr"), 1e-5, name + " loss with min-SNR");
    }
}

TEST(DiffusionGolden, WithZeroTerminalSnrTheLastTimestepIsNoiseAloneAsInDiffusers) {
    const auto file = golden("zero_snr");
    const auto schedule = make_schedule(Terminal::Nothing, support::test_device());
    expect_near(schedule.alpha_bar, file.get("alpha_bar"), 1e-6, "alpha_bar");
    EXPECT_EQ(schedule.alpha_bar[-1].item<float>(), 0);
    const auto latents = file.get("latents"), noise = file.get("noise"), t = file.get("timesteps");
    expect_near(add_noise(schedule, latents, noise, t), file.get("noisy"), 1e-5, "noisy");
    const auto target = target_of(Prediction::Velocity, schedule, latents, noise, t);
    expect_near(target, file.get("velocity"), 1e-5, "velocity");
    const double gamma = std::stod(file.metadata().at("gamma"));
    const auto weights = min_snr_weight(schedule, t, Prediction::Velocity, gamma);
    expect_near(loss_of(file.get("guess"), target), file.get("loss"), 1e-5, "loss");
    expect_near(loss_of(file.get("guess"), target, weights), file.get("min_snr"), 1e-5, "min_snr");
}

TEST(DiffusionGolden, WithZeroTerminalSnrImagesBeginAtTheLastTimestep) {
    const auto file = golden("zero_snr");
    for (const auto& [kind, name] : {std::pair{settings::SamplerKind::Ddim, std::string("ddim")},
                                     {settings::SamplerKind::Euler, "euler"}}) {
        const auto timesteps = file.get(name + ".timesteps"), inputs = file.get(name + ".inputs");
        auto generator = at::detail::createCPUGenerator(1);
        std::int64_t step = 0;
        const Predictor predicted = [&](const at::Tensor& x, double timestep) {
            EXPECT_NEAR(timestep, timesteps[step].item<double>(), 1e-3) << name << " step " << step;
            expect_near(x, inputs[step], 1e-4, name + " input of step " + std::to_string(step));
            ++step;
            return at::tanh(x) / 2 + timestep / 1000 * file.get("pattern");
        };
        const Ddpm process(Prediction::Velocity, Terminal::Nothing, support::test_device());
        const auto result = process.sample({.kind = kind, .steps = timesteps.size(0)}, file.get("start"),
                                           predicted, generator);
        expect_near(result, file.get(name + ".result"), 1e-4, name + " result");
        EXPECT_EQ(step, timesteps.size(0));
    }
}

struct SamplerCase {
    std::string name;
    settings::SamplerKind kind;
    Prediction prediction;
};

class SamplerGolden : public testing::TestWithParam<SamplerCase> {};

TEST_P(SamplerGolden, GoesStepByStepAsDiffusersDoes) {
    const auto& [name, kind, prediction] = GetParam();
    const auto file = golden("sampler");
    const auto pattern = file.get("pattern");
    const auto timesteps = file.get(name + ".timesteps"), inputs = file.get(name + ".inputs");
    auto generator = at::detail::createCPUGenerator(std::stoull(file.metadata().at("seed")));
    std::int64_t step = 0;
    const Predictor predicted = [&](const at::Tensor& x, double timestep) {
        EXPECT_NEAR(timestep, timesteps[step].item<double>(), 1e-3) << "step " << step;
        expect_near(x, inputs[step], 1e-5, "input of step " + std::to_string(step));
        ++step;
        return at::tanh(x) / 2 + timestep / 1000 * pattern;
    };
    const Ddpm process(prediction, Terminal::Trace, support::test_device());
    const auto result =
        process.sample({.kind = kind, .steps = timesteps.size(0)}, file.get("start"), predicted, generator);
    expect_near(result, file.get(name + ".result"), 1e-5, "result");
    EXPECT_EQ(step, timesteps.size(0));
}

INSTANTIATE_TEST_SUITE_P(
    All, SamplerGolden,
    testing::Values(SamplerCase{"ddim.epsilon", settings::SamplerKind::Ddim, Prediction::Epsilon},
                    SamplerCase{"ddim.v_prediction", settings::SamplerKind::Ddim, Prediction::Velocity},
                    SamplerCase{"euler.epsilon", settings::SamplerKind::Euler, Prediction::Epsilon},
                    SamplerCase{"euler.v_prediction", settings::SamplerKind::Euler, Prediction::Velocity},
                    SamplerCase{"euler_a.epsilon", settings::SamplerKind::EulerA, Prediction::Epsilon},
                    SamplerCase{"euler_a.v_prediction", settings::SamplerKind::EulerA,
                                Prediction::Velocity}));

}  // namespace lorikeet::diffusion
