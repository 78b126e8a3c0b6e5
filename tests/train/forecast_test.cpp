#include "train/forecast.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "nn/frozen.hpp"
#include "nn/visitors.hpp"
#include "support/small_job.hpp"
#include "support/tensor_memory.hpp"
#include "train/captions.hpp"
#include "train/recipe.hpp"
#include "train/step.hpp"

namespace lorikeet::train {
namespace {

using support::TensorMemory;

settings::Job job_of(settings::Precision precision, bool train_text) {
    static const support::SmallJob small;
    auto job = small.job();
    job.train.precision = precision;
    job.adapter.train_text = train_text;
    job.data.resolution = {128};  // large enough that operators' own scratch memory is little beside it
    job.sample.prompts = {{"a bird", "", 1}};
    return job;
}

std::int64_t signed_of(std::size_t bytes) { return static_cast<std::int64_t>(bytes); }

template <class Part>
std::int64_t bytes_of(Part& part) {
    nn::CountBytes count;
    part.visit(count);
    return count.bytes;
}

enum class Layers { OfAten, LaidOut };  // for the processor, see nn/frozen

// What real steps on the processor take at the most beyond what stays between them.
struct Measured {
    explicit Measured(const settings::Job& job, Layers layers = Layers::OfAten) : recipe(load_recipe(job)) {
        if (layers == Layers::OfAten) {
            models::LoadOptions plain;
            plain.unet = plain.text = recipe.compute;
            recipe.captions.reset();
            recipe.model = models::load_model(job.model.checkpoint, plain);
            recipe.captions = std::make_unique<Captions>(*recipe.model, job);
        }
        fit_trainee(recipe, job);
        step = std::make_unique<Step>(recipe, job);
        const auto latents = at::zeros({*job.data.batch, 4, 32, 32});
        const std::vector<std::string> captions(static_cast<std::size_t>(*job.data.batch), "a bird");
        inputs = step->prepare({latents, at::zeros_like(latents), at::zeros({*job.data.batch}, at::kLong)},
                               captions, 1);
    }
    std::int64_t most(const StepPlan& plan) const {
        auto& memory = TensorMemory::instance();
        step->set_plan(plan);
        step->learn(inputs);  // the first one makes what stays
        step->forget_gradients();
        const auto before = memory.now();
        memory.forget_peak();
        step->learn(inputs);
        const auto most = signed_of(memory.peak() - before);
        step->forget_gradients();
        return most;
    }
    Recipe recipe;
    std::unique_ptr<Step> step;
    StepInputs inputs;
};

void expect_within_a_tenth(std::int64_t forecast, std::int64_t measured, const std::string& what) {
    EXPECT_NEAR(static_cast<double>(forecast), static_cast<double>(measured),
                0.1 * static_cast<double>(measured))
        << what;
}

}  // namespace

TEST(Forecast, AStepTakesWhatWasForecast) {
    for (const auto& [precision, train_text] :
         {std::pair{settings::Precision::Float32, true}, {settings::Precision::Bfloat16, false}}) {
        const auto job = job_of(precision, train_text);
        const Measured measured(job);
        Forecaster forecaster(job);
        for (const auto& plan : {StepPlan{false, 1}, StepPlan{true, 1}}) {
            const auto forecast = forecaster.of(plan);
            expect_within_a_tenth(forecast.activations + forecast.gradients, measured.most(plan),
                                  fmt::format("text {}, {}", train_text, words_of(plan)));
        }
    }
}

// They keep less than ATen's, which is what is rehearsed.
TEST(Forecast, LayersLaidOutForTheProcessorTakeNoMore) {
    for (const auto precision : {settings::Precision::Float32, settings::Precision::Bfloat16}) {
        const auto job = job_of(precision, true);
        const auto forecast = Forecaster(job).of({});
        EXPECT_LE(Measured(job, Layers::LaidOut).most({}), forecast.activations + forecast.gradients);
    }
}

TEST(Forecast, WhatStaysIsCountedExactly) {
    const auto job = job_of(settings::Precision::Float32, true);
    const Measured measured(job, Layers::LaidOut);
    const auto forecast = Forecaster(job).of({});
    auto& model = support::stable_diffusion(*measured.recipe.model);
    auto weights = bytes_of(model.unet);  // the VAE is let go when its latents are kept
    for (auto& text : model.texts) weights += bytes_of(text);
    EXPECT_EQ(forecast.weights, weights);
    std::int64_t trained = 0;
    for (const auto& parameter : measured.recipe.optimizer->parameters())
        trained += signed_of(parameter.nbytes());
    EXPECT_EQ(forecast.adapter, trained);
    EXPECT_EQ(forecast.gradients, trained);
    EXPECT_EQ(forecast.optimizer, measured.recipe.optimizer->state_bytes());
    EXPECT_GT(forecast.encoding, 0);
    EXPECT_GT(forecast.sampling, 0);
}

TEST(Forecast, EncodingAnImageTakesWhatWasForecast) {
    const auto job = job_of(settings::Precision::Float32, true);
    const auto forecast = Forecaster(job).of({}).encoding;
    auto& memory = TensorMemory::instance();
    const auto before = memory.now();
    memory.forget_peak();
    {
        const at::NoGradGuard no_gradient;
        const auto recipe = load_recipe(job);
        recipe.model->ensure(models::Part::VaeEncoder);
        recipe.model->encode(at::zeros({1, 3, 128, 128}));
    }
    const auto taken = static_cast<double>(memory.peak() - before);
    EXPECT_NEAR(static_cast<double>(forecast), taken, 0.1 * taken);
}

TEST(Forecast, SaferPlansTakeLess) {
    auto job = job_of(settings::Precision::Float32, true);
    job.data.batch = 4;
    Forecaster forecaster(job);
    std::int64_t last = forecaster.of({}).most();
    for (auto plan = safer({}, 4); last > 0; plan = safer(plan, 4)) {
        const auto now = forecaster.of(plan);
        EXPECT_LT(now.step(), last) << words_of(plan);
        last = now.step();
        if (safer(plan, 4) == plan) break;
    }
}

}  // namespace lorikeet::train
