#include "diffusion/sampler.hpp"

#include <cmath>
#include <stdexcept>

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "diffusion/process.hpp"
#include "settings/field.hpp"
#include "support/golden.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::diffusion {

using support::expect_near;
using support::golden;

TEST(SamplerZeroSnrGolden, WithZeroTerminalSnrImagesBeginAtTheLastTimestep) {
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
    for (const std::int64_t steps : {0, 1000}) try {
            sample(make_schedule(), Prediction::Epsilon, {.steps = steps}, at::zeros({1, 4, 2, 2}), predicted,
                   generator);
            ADD_FAILURE() << steps;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
            EXPECT_NE(error.hint().find("1 to 999"), std::string::npos) << error.hint();
        }
}

TEST(Sampler, OnlyEulerAncestralDrawsAndItsDrawsAreItsSeeds) {
    const auto start = at::ones({1, 1, 2, 2});
    const Predictor predicted = [](const at::Tensor& x, double) { return at::tanh(x); };
    const auto made = [&](settings::SamplerKind kind, std::uint64_t seed) {
        auto generator = tensor::generator(seed, tensor::Stream::Sample);
        return sample(make_schedule(), Prediction::Epsilon, {kind, 4}, start, predicted, generator);
    };
    using settings::SamplerKind;
    for (const auto kind : {SamplerKind::Ddim, SamplerKind::Euler})
        EXPECT_TRUE(at::equal(made(kind, 1), made(kind, 2))) << static_cast<int>(kind);
    EXPECT_TRUE(at::equal(made(SamplerKind::EulerA, 1), made(SamplerKind::EulerA, 1)));
    EXPECT_FALSE(at::equal(made(SamplerKind::EulerA, 1), made(SamplerKind::EulerA, 2)));
}

TEST(Sampler, WhatItIsToldToDoAfterAStepMayStopIt) {
    auto generator = tensor::generator(5, tensor::Stream::Sample);
    for (const auto kind : {settings::SamplerKind::Ddim, settings::SamplerKind::Euler}) {
        std::int64_t asked = 0;
        const Predictor predicted = [&](const at::Tensor& x, double) { return ++asked, x; };
        const SamplerOptions options{kind, 10, [](std::int64_t done) {
                                         if (done == 3) throw std::runtime_error("stopped");
                                     }};
        EXPECT_THROW(sample(make_schedule(), Prediction::Epsilon, options, at::ones({1, 1, 2, 2}), predicted,
                            generator),
                     std::runtime_error);
        EXPECT_EQ(asked, 3);
    }
}

// A network in bfloat16 is answered in float32, and no gradient is kept of the way.
TEST(Sampler, ComputesInFloat32WithoutAGradient) {
    auto generator = tensor::generator(5, tensor::Stream::Sample);
    const auto start = at::ones({1, 1, 2, 2}, at::kHalf);
    for (const auto kind : {settings::SamplerKind::Ddim, settings::SamplerKind::EulerA}) {
        const auto weight = at::ones({1}).requires_grad_();
        const Predictor predicted = [&](const at::Tensor& x, double) {
            EXPECT_EQ(x.scalar_type(), at::kFloat);
            return (x * weight).to(at::kBFloat16);
        };
        const auto result =
            sample(make_schedule(), Prediction::Epsilon, {kind, 3}, start, predicted, generator);
        EXPECT_EQ(result.scalar_type(), at::kFloat);
        EXPECT_FALSE(result.requires_grad());
    }
}

}  // namespace lorikeet::diffusion
