#include "train/loss_scale.hpp"

#include <cmath>
#include <limits>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "support/small_job.hpp"
#include "tensor/rng.hpp"
#include "train/recipe.hpp"
#include "train/state.hpp"
#include "train/step.hpp"

namespace lorikeet::train {
namespace {

void teach(LossScale& scale, bool broken) { scale.learn_from(at::scalar_tensor(broken ? 1.0 : 0.0)); }

// A small model in float16 on the processor, and one step's batch.
struct HalfBench {
    support::SmallJob small;
    settings::Job job = small.job();
    Recipe recipe;
    std::unique_ptr<Step> step;

    explicit HalfBench(settings::Precision precision) {
        job.train.precision = precision;
        recipe = load_recipe(job, at::Device(at::kCPU));
        fit_trainee(recipe, job);
        step = std::make_unique<Step>(recipe, job);
    }
    double learn_once() {
        auto generator = tensor::generator(3, tensor::Stream::Noise, 0, 0);
        const auto latents = at::randn({1, 4, 8, 8}, generator), noise = at::randn({1, 4, 8, 8}, generator);
        const std::vector<std::string> captions{"a bird"};
        return step->gather(StepDraws{latents, noise, at::full({1}, 300, at::kLong), {}}, captions, 1.0);
    }
    at::Tensor weights() const {
        std::vector<at::Tensor> all;
        for (const auto& one : recipe.optimizer->parameters()) all.push_back(one.detach().flatten());
        return at::cat(all).clone();
    }
    at::Tensor gradients() const {
        std::vector<at::Tensor> all;
        for (const auto& one : recipe.optimizer->parameters()) all.push_back(one.grad().flatten());
        return at::cat(all).clone();
    }
    double move() { return step->move(1.0, at::scalar_tensor(0.0)).item<double>(); }
};

}  // namespace

TEST(LossScale, HalvesAtAnOverflowAndDoublesAfterManyStepsThatFit) {
    LossScale scale(at::kCPU);
    EXPECT_EQ(scale.kept().value, 65536);
    teach(scale, true);
    teach(scale, true);
    EXPECT_EQ(scale.kept().value, 16384);
    for (std::int64_t i = 0; i + 1 < LossScale::kPatience; ++i) teach(scale, false);
    EXPECT_EQ(scale.kept().value, 16384);
    EXPECT_EQ(scale.kept().steps, LossScale::kPatience - 1);
    teach(scale, false);
    EXPECT_EQ(scale.kept().value, 32768);
    EXPECT_EQ(scale.kept().steps, 0);
}

TEST(LossScale, AnOverflowBeginsTheCountAgain) {
    LossScale scale(at::kCPU, {1024, LossScale::kPatience - 1});
    teach(scale, true);
    EXPECT_EQ(scale.kept().value, 512);
    EXPECT_EQ(scale.kept().steps, 0);
    teach(scale, false);
    EXPECT_EQ(scale.kept().value, 512);
    EXPECT_EQ(scale.kept().steps, 1);
}

TEST(LossScale, GradientsComeBackToTheirSizeExactly) {
    const LossScale scale(at::kCPU);
    auto weight = at::ones({3}).requires_grad_();
    const auto factor = at::tensor({1e-3F, 0.37F, 5.0F});
    scale.scaled((weight * factor).sum()).backward();
    const std::vector<at::Tensor> parameters{weight, at::ones({2})};  // one without a gradient
    scale.unscale(optim::gradients_of(parameters));
    EXPECT_TRUE(at::equal(weight.grad(), factor));
}

TEST(LossScale, GoesOnWhereItWas) {
    LossScale scale(at::kCPU);
    scale.restore({256, 7});
    EXPECT_EQ(scale.kept().value, 256);
    EXPECT_EQ(scale.kept().steps, 7);
}

TEST(LossScale, AStepThatIsLeftOutIsSaid) {
    EXPECT_EQ(
        words_of_skip(3, 32768),
        "Step 3 moved nothing: its gradient is too large for float16 at a loss scale of 65536. The scale "
        "is 32768 from here on.");
}

TEST(LossScale, IsThereForFloat16Alone) {
    EXPECT_TRUE(HalfBench(settings::Precision::Float16).recipe.loss_scale);
    EXPECT_FALSE(HalfBench(settings::Precision::Float32).recipe.loss_scale);
    EXPECT_FALSE(HalfBench(settings::Precision::Bfloat16).recipe.loss_scale);
}

TEST(LossScale, AFloat16StepLearnsWhatAFloat32StepDoes) {
    HalfBench half(settings::Precision::Float16), exact(settings::Precision::Float32);
    EXPECT_NEAR(half.learn_once(), exact.learn_once(), 2e-2);
    const auto scale = half.recipe.loss_scale->kept().value;
    half.recipe.loss_scale->unscale(optim::gradients_of(half.recipe.optimizer->parameters()));
    const auto got = half.gradients(), wanted = exact.gradients();
    EXPECT_GT(wanted.abs().max().item<double>(), 0);
    EXPECT_LT(((got - wanted).norm() / wanted.norm()).item<double>(), 5e-2) << "scale " << scale;
}

TEST(LossScale, AStepThatOverflowsMovesNothingAndTheNextOneFits) {
    HalfBench bench(settings::Precision::Float16);
    const double far = std::ldexp(1.0, 120);
    bench.recipe.loss_scale->restore({far, 5});
    const auto before = bench.weights();
    EXPECT_TRUE(std::isfinite(bench.learn_once()));
    EXPECT_FALSE(std::isfinite(bench.move()));
    EXPECT_TRUE(at::equal(bench.weights(), before));
    EXPECT_EQ(bench.recipe.loss_scale->kept().value, far / 2);
    EXPECT_EQ(bench.recipe.loss_scale->kept().steps, 0);

    bench.recipe.loss_scale->restore({1024, 0});
    bench.learn_once();
    EXPECT_TRUE(std::isfinite(bench.move()));
    EXPECT_FALSE(at::equal(bench.weights(), before));
    EXPECT_EQ(bench.recipe.loss_scale->kept().steps, 1);
}

TEST(LossScale, IsSavedWithTheState) {
    const support::SmallJob small;
    const auto file = small.folder() / "state.safetensors";
    State state;
    state.loss_scale = {4096, 12};
    save_state(file, state);
    EXPECT_EQ(load_state(file).loss_scale.value, 4096);
    EXPECT_EQ(load_state(file).loss_scale.steps, 12);
    save_state(file, State{});
    EXPECT_EQ(load_state(file).loss_scale.value, 0);  // not scaled
}

}  // namespace lorikeet::train
