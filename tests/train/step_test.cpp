#include "train/step.hpp"

#include <cmath>
#include <limits>
#include <tuple>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "models/conditioning.hpp"
#include "support/network_of.hpp"
#include "support/tensor_memory.hpp"
#include "support/tiny.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::train {
namespace {

const std::vector<std::string> kCaptions = {"a red bird", "a tree in the wind"};

settings::Job float_job() {
    settings::Job job;
    job.model.checkpoint = support::tiny_checkpoint().string();
    job.adapter.rank = 2;
    job.adapter.alpha = 8;
    job.optim.lr = 5e-4;
    job.optim.text_lr = 1e-4;
    job.train.precision = settings::Precision::Float32;
    job.train.device = settings::DeviceChoice::Cpu;
    return job;
}

StepDraws two_images() {
    auto generator = tensor::generator(3, tensor::Stream::Noise);
    const auto latents = at::randn({2, 4, 8, 8}, generator, at::kFloat);
    return {latents, at::randn({2, 4, 8, 8}, generator, at::kFloat), at::tensor({120, 800}, at::kLong)};
}

StepDraws image(const StepDraws& draws, std::int64_t i) {
    return {draws.latents.narrow(0, i, 1), draws.noise.narrow(0, i, 1), draws.timesteps.narrow(0, i, 1)};
}

// Of an odd width, and where there is one, alone: strides of a single image can be read in two ways.
StepDraws images(std::int64_t count) {
    auto generator = tensor::generator(3, tensor::Stream::Noise);
    const auto latents = at::randn({count, 4, 8, 7}, generator, at::kFloat);
    return {latents, at::randn({count, 4, 8, 7}, generator, at::kFloat),
            at::tensor({120, 800}, at::kLong).narrow(0, 0, count)};
}

struct Bench {
    settings::Job job = float_job();
    Recipe recipe;

    explicit Bench(double dropout = 0, settings::Precision precision = settings::Precision::Float32) {
        job.adapter.dropout = dropout;
        job.train.precision = precision;
        recipe = load_recipe(job);
        fit_trainee(recipe, job);
    }
    // As if it had been trained a while: a fresh adapter's down weights have no gradient.
    void make_busy() {
        const at::NoGradGuard no_gradient;
        std::uint64_t seed = 1;
        for (const auto& module : support::network_of(recipe).modules()) {
            auto generator = tensor::generator(seed++, tensor::Stream::Init);
            module.tensors().at(".lora_up.weight").uniform_(-0.1, 0.1, generator);
        }
    }
    // Every gradient in one row, forgotten behind it.
    at::Tensor take_gradient() const {
        std::vector<at::Tensor> all;
        for (const auto& parameter : recipe.optimizer->parameters())
            all.push_back(parameter.grad().flatten());
        recipe.optimizer->zero_grad();
        return at::cat(all);
    }
};

void expect_same(const at::Tensor& ours, const at::Tensor& wanted) {
    const auto largest = wanted.abs().max().item<double>();
    ASSERT_GT(largest, 0);
    EXPECT_LE((ours - wanted).abs().max().item<double>(), 1e-5 * largest);
}

}  // namespace

TEST(Step, TheGradientOfABatchIsTheMeanOfItsHalves) {
    Bench bench;
    bench.make_busy();
    Step step(bench.recipe, bench.job);
    const auto draws = two_images();
    const double loss = step.gather(draws, kCaptions, 1);
    const auto whole = bench.take_gradient();
    const double first = step.gather(image(draws, 0), {&kCaptions[0], 1}, 0.5);
    const auto half = bench.take_gradient();
    step.gather(image(draws, 0), {&kCaptions[0], 1}, 0.5);
    const double second = step.gather(image(draws, 1), {&kCaptions[1], 1}, 0.5);
    expect_same(bench.take_gradient(), whole);
    EXPECT_FALSE(at::allclose(half, whole));
    EXPECT_NEAR(loss, (first + second) / 2, 1e-6 * loss);  // the share is not in what is returned
}

TEST(Step, AnImageCountsByItsWeight) {
    Bench bench;
    bench.make_busy();
    Step step(bench.recipe, bench.job);
    auto draws = two_images();
    draws.weights = at::tensor({1.0, 0.25}, at::kFloat);
    const double loss = step.gather(draws, kCaptions, 1);
    const auto whole = bench.take_gradient();
    const double first = step.gather(image(draws, 0), {&kCaptions[0], 1}, 0.5);
    const double second = step.gather(image(draws, 1), {&kCaptions[1], 1}, 0.5 * 0.25);
    expect_same(bench.take_gradient(), whole);
    EXPECT_NEAR(loss, (first + 0.25 * second) / 2, 1e-6 * loss);
}

// A mask of ones is none; one of a half, half a loss; where it is nothing, nothing is learned.
TEST(Step, AnImageCountsWhereItsMaskSays) {
    Bench bench;
    bench.make_busy();
    Step step(bench.recipe, bench.job);
    auto draws = two_images();
    const auto& shape = draws.latents.sizes();
    const double plain = step.gather(draws, kCaptions, 1);
    const auto whole = bench.take_gradient();
    draws.masks = at::ones({2, 1, shape[2], shape[3]});
    EXPECT_EQ(step.gather(draws, kCaptions, 1), plain);
    EXPECT_TRUE(at::equal(bench.take_gradient(), whole));
    draws.masks = draws.masks * 0.5;
    EXPECT_NEAR(step.gather(draws, kCaptions, 1), plain / 2, 1e-6 * plain);
    expect_same(2 * bench.take_gradient(), whole);
    bench.job.loss.divide_by_mask = true;
    EXPECT_NEAR(step.gather(draws, kCaptions, 1), plain, 1e-6 * plain);
    expect_same(bench.take_gradient(), whole);
    bench.job.loss.divide_by_mask = false;
    draws.masks[1].zero_();
    draws.masks[0].fill_(1);
    const double first = step.gather(draws, kCaptions, 1);
    const auto of_first = bench.take_gradient();
    step.gather(image(two_images(), 0), {&kCaptions[0], 1}, 0.5);
    expect_same(of_first, bench.take_gradient());
    EXPECT_LT(first, plain);
    step.set_plan({false, 2});  // in parts: the same
    EXPECT_NEAR(step.gather(draws, kCaptions, 1), first, 1e-6 * plain);
    expect_same(bench.take_gradient(), of_first);
}

TEST(Step, RecomputeGivesTheSameGradientBitForBitInLessMemory) {
    for (const double dropout : {0.0, 0.5})
        for (const auto precision : {settings::Precision::Float32, settings::Precision::Bfloat16})
            for (const std::int64_t count : {1, 2}) {
                Bench bench(dropout, precision);
                bench.make_busy();
                Step step(bench.recipe, bench.job);
                auto& memory = support::TensorMemory::instance();
                const auto gradient_and_peak = [&](bool recompute) {
                    step.set_plan({recompute, 1});
                    const auto before = memory.now();
                    memory.forget_peak();
                    const auto captions = std::span(kCaptions).first(static_cast<std::size_t>(count));
                    const double loss = step.gather(images(count), captions, 1);
                    return std::tuple(bench.take_gradient(), memory.peak() - before, loss);
                };
                const auto [plain, most, loss] = gradient_and_peak(false);
                const auto [again, less, same_loss] = gradient_and_peak(true);
                EXPECT_GT(plain.abs().max().item<float>(), 0);
                EXPECT_TRUE(at::equal(plain, again)) << count << " images, dropout " << dropout;
                EXPECT_EQ(loss, same_loss);
                EXPECT_LT(static_cast<double>(less), 0.75 * static_cast<double>(most));
            }
}

TEST(Step, ABatchInPartsHasTheSameGradientAlsoWithDropout) {
    Bench bench(0.5);
    bench.make_busy();
    Step step(bench.recipe, bench.job);
    const double loss = step.gather(two_images(), kCaptions, 0.5);
    const auto whole = bench.take_gradient();
    for (const auto& plan : {StepPlan{false, 2}, StepPlan{true, 2}, StepPlan{true, 64}}) {
        step.set_plan(plan);
        EXPECT_NEAR(step.gather(two_images(), kCaptions, 0.5), loss, 1e-6 * loss);
        expect_same(bench.take_gradient(), whole);
    }
}

TEST(Step, AFreshAdapterHasTheLossOfTheModelAlone) {
    const auto job = float_job();
    auto recipe = load_recipe(job);
    for (const auto part : {models::Part::Text, models::Part::Unet}) recipe.model->ensure(part);
    auto& model = support::stable_diffusion(*recipe.model);
    const auto [latents, noise, timesteps, sizes, weights, masks] = two_images();
    const auto a = diffusion::make_schedule().alpha_bar.index_select(0, timesteps).view({2, 1, 1, 1});
    const auto context = models::encode_captions(model.texts.front(), model.tokenizer(), kCaptions, 1, {});
    const auto predicted = model.unet(a.sqrt() * latents + (1 - a).sqrt() * noise, timesteps, context);
    const double alone = (predicted - noise).square().mean().item<double>();
    fit_trainee(recipe, job);
    const double with_adapter = Step(recipe, job).gather({latents, noise, timesteps}, kCaptions, 1);
    EXPECT_NEAR(with_adapter, alone, 1e-6 * alone);
}

TEST(Step, DrawsDependOnStepAndMicroBatchAlone) {
    Bench bench;
    Step step(bench.recipe, bench.job);
    data::Batch batch;
    batch.latents = {at::ones({1, 4, 8, 8}), at::full({1, 4, 8, 8}, 0.1)};
    batch.captions = {"a bird"};
    const double loss = step.gather(batch, 5, 0, 1);
    EXPECT_NE(step.gather(batch, 5, 1, 1), loss);
    EXPECT_NE(step.gather(batch, 6, 0, 1), loss);
    EXPECT_EQ(step.gather(batch, 5, 0, 1), loss);
}

TEST(Step, ALossThatIsNotFiniteLeavesNoGradient) {
    Bench bench;
    Step step(bench.recipe, bench.job);
    auto draws = two_images();
    draws.latents = draws.latents * std::numeric_limits<float>::infinity();
    EXPECT_FALSE(std::isfinite(step.gather(draws, kCaptions, 1)));
    for (const auto& parameter : bench.recipe.optimizer->parameters())
        EXPECT_FALSE(parameter.grad().defined());
}

TEST(Step, MovesByAFiniteGradientAloneAndForgetsIt) {
    Bench bench;
    Step step(bench.recipe, bench.job);
    const auto up =
        dynamic_cast<adapters::Lora&>(*support::network_of(bench.recipe).modules().front().module).up;
    step.gather(two_images(), kCaptions, std::numeric_limits<double>::infinity());
    EXPECT_FALSE(std::isfinite(step.move(1, at::zeros({})).item<double>()));
    EXPECT_FALSE(up.grad().defined());
    EXPECT_TRUE(at::equal(up, at::zeros_like(up)));
    step.gather(two_images(), kCaptions, 1);
    EXPECT_GT(step.move(1, at::zeros({})).item<double>(), 0);
    EXPECT_FALSE(up.grad().defined());
    EXPECT_FALSE(at::equal(up, at::zeros_like(up)));
}

namespace {

// Flow matching: float times, a straight way from latents to noise.
class StraightWay final : public diffusion::Process {
  public:
    at::Tensor draw_times(std::int64_t batch, std::int64_t first, std::int64_t end,
                          at::Generator& generator) const override {
        return at::rand({batch}, generator, at::kFloat) * static_cast<double>(end - first) +
               static_cast<double>(first);
    }
    at::Tensor mix(const at::Tensor& latents, const at::Tensor& noise,
                   const at::Tensor& times) const override {
        const auto share = times.view({-1, 1, 1, 1}) / 1000;
        return (1 - share) * latents + share * noise;
    }
    std::string_view prediction_type() const override { return "flow"; }
    at::Tensor target(const at::Tensor& latents, const at::Tensor& noise, const at::Tensor&) const override {
        return noise - latents;
    }
    at::Tensor weights(const at::Tensor& times, double) const override { return at::ones_like(times); }
    at::Tensor sample(const diffusion::SamplerOptions&, const at::Tensor& start_noise,
                      const diffusion::Predictor&, at::Generator&) const override {
        return start_noise;
    }
};

}  // namespace

TEST(Step, TakesAnyProcess) {
    Bench bench;
    bench.recipe.process = std::make_unique<StraightWay>();
    Step step(bench.recipe, bench.job);
    auto [latents, noise, times, sizes, weights, masks] = two_images();
    times = times.to(at::kFloat) + 0.5;
    const auto loss = step.gather(StepDraws{latents, noise, times}, kCaptions, 1.0);
    auto& model = support::stable_diffusion(*bench.recipe.model);
    const auto text = models::encode_captions(model.texts.front(), model.tokenizer(), kCaptions, 1, {});
    const auto share = (times / 1000).view({2, 1, 1, 1});
    const auto predicted = model.unet((1 - share) * latents + share * noise, times, text);
    EXPECT_NEAR(loss, (predicted - (noise - latents)).square().mean().item<double>(), 1e-6);
    EXPECT_GT(bench.take_gradient().abs().max().item<double>(), 0);
}

}  // namespace lorikeet::train
