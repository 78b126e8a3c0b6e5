// What is trained need not be adapters: the whole denoising network goes the whole way by the code that trains those. It is told
// in one file, and nothing else names it.
#include "support/whole_model.hpp"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "io/image.hpp"
#include "support/player_bench.hpp"
#include "support/replaying_recorder.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "support/toy_family/toy_family.hpp"
#include "train/forecast.hpp"
#include "train/loop.hpp"
#include "train/preview.hpp"
#include "train/run_phases.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

// The mean of ten losses from `first` on.
double mean_loss(const std::vector<base::Event>& metrics, std::size_t first) {
    double sum = 0;
    for (std::size_t i = first; i < first + 10; ++i) sum += metrics.at(i).number("loss");
    return sum / 10;
}

tensor::NamedTensors weights_in(const base::Path& path) {
    const tensor::WeightFile file(path);
    tensor::NamedTensors tensors;
    for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name).clone();
    return tensors;
}

int largest_difference(const io::Image& one, const io::Image& other) {
    EXPECT_EQ(one.rgb.size(), other.rgb.size());
    int most = 0;
    for (std::size_t i = 0; i < one.rgb.size(); ++i)
        most = std::max(most, std::abs(int{one.rgb[i]} - int{other.rgb[i]}));
    return most;
}

class WholeModelRun : public ::testing::Test {
  protected:
    // The settings of adapters are as they come: they mean nothing here.
    settings::Job toy_job(const std::string& name) const {
        auto job = small_.job();
        job.model.checkpoint = support::toy_checkpoint().string();
        job.optim.lr = 1e-2;
        job.train.precision = settings::Precision::Float32;
        job.train.epochs = {};
        job.train.steps = 5;
        job.sample.prompts = {{"a bird of many words", "no fish", 1}};
        job.sample.size = {32};
        job.output.precision = settings::SavePrecision::Float32;
        job.output.name = name;
        return job;
    }
    settings::Job tiny_job(const std::string& name) const {
        auto job = small_.job();
        job.optim.lr = 1e-3;
        job.train.precision = settings::Precision::Float32;
        job.train.epochs = {};
        job.train.steps = 4;
        job.output.precision = settings::SavePrecision::Float32;
        job.output.name = name;
        return job;
    }

    // The checkpoint of a run that is stopped behind a step and resumed, or never.
    base::Path trained(const settings::Job& job, RunListener& listener, std::int64_t stop_at = 0) const {
        const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
        RunListener first([&](const base::Event& event) {
            if (stop_at > 0 && support::is_step(event, stop_at)) first.cancel.request_stop();
        });
        if (stop_at > 0) {
            EXPECT_EQ(train(job, run, Start::Fresh, first, first.cancel).step, stop_at);
        }
        const auto start = stop_at > 0 ? Start::Resume : Start::Fresh;
        const auto outcome = train(job, run, start, listener, listener.cancel);
        EXPECT_EQ(outcome.end, Outcome::End::Finished);
        return outcome.lora;
    }

    support::SmallJob small_;
    support::ToyRegistration toy_;
    support::WholeModelRow row_;
};

}  // namespace

TEST_F(WholeModelRun, LearnsIsValidatedSampledAndSavedAsACheckpoint) {
    auto job = toy_job("learns");
    job.train.steps = 60;
    job.data.validation.share = 0.2;
    RunListener listener;
    const auto file = trained(job, listener);
    EXPECT_EQ(listener.said().find("LoRA"), std::string::npos) << listener.said();
    EXPECT_EQ(listener.of("end").at(0).text("text"), "The checkpoint is " + file.string() + ".");

    const auto metrics = listener.of("metrics");
    ASSERT_EQ(metrics.size(), 60U);
    EXPECT_LT(mean_loss(metrics, 50), 0.8 * mean_loss(metrics, 0));
    const auto validations = listener.of("validation");
    ASSERT_GE(validations.size(), 2U);
    EXPECT_LT(validations.back().number("loss"), validations.front().number("loss"));

    const auto before = weights_in(support::toy_checkpoint()), after = weights_in(file);
    ASSERT_EQ(after.size(), before.size());
    for (const auto& [name, weight] : before)
        EXPECT_EQ(at::equal(after.at(name), weight), !name.starts_with("toy.net.")) << name;
    const tensor::WeightFile written(file);
    EXPECT_EQ(written.metadata().at("modelspec.architecture"), "toy");
    EXPECT_EQ(written.metadata().at("toys.trained"), "4 tensors in 60 steps");

    // What was sampled at the end is what the file generates, with the family's text encoder beside it.
    std::filesystem::copy(support::toy_checkpoint().parent_path() / support::kToyText, file.parent_path());
    const auto samples = listener.of("sample");
    ASSERT_FALSE(samples.empty());
    const auto sample = io::read_image(samples.back().text("file"));
    ImageRequest request;
    request.prompt = "a bird of many words";
    request.negative = "no fish";
    request.width_px = request.height_px = 32;
    request.steps = job.sample.steps;
    request.cfg = job.sample.cfg;
    request.sampler = job.sample.sampler;
    const auto made_by = [&](const base::Path& checkpoint) {
        return generate(*models::load_model(checkpoint), request, {});
    };
    EXPECT_LE(largest_difference(sample, made_by(file)), 1);
    EXPECT_GT(largest_difference(sample, made_by(support::toy_checkpoint())), 10);
}

TEST_F(WholeModelRun, StoppedAnywhereAndResumedEqualsNeverStopped) {
    for (const auto precision : {settings::Precision::Float32, settings::Precision::Bfloat16}) {
        const auto run = [&](std::int64_t stop_at) {
            auto job = toy_job(fmt::format("{}-{}", say(precision).word, stop_at));
            job.train.precision = precision;
            RunListener listener;
            return tensor::payload_sha256(weights_in(trained(job, listener, stop_at)));
        };
        const auto whole = run(0);
        for (const std::int64_t stop_at : {1, 3}) EXPECT_EQ(run(stop_at), whole) << stop_at;
    }
}

// A U-Net with everything that its layers have, and the way of less memory.
TEST_F(WholeModelRun, TheTinyUnetIsMovedResumedAndRecomputedToTheSame) {
    const auto run = [&](const std::string& name, settings::Recompute recompute, std::int64_t stop_at) {
        auto job = tiny_job(name);
        job.train.recompute = recompute;
        RunListener listener;
        return weights_in(trained(job, listener, stop_at));
    };
    const auto whole = run("whole", settings::Recompute::Off, 0);
    EXPECT_EQ(tensor::payload_sha256(run("parted", settings::Recompute::Off, 2)),
              tensor::payload_sha256(whole));
    EXPECT_EQ(tensor::payload_sha256(run("again", settings::Recompute::On, 0)),
              tensor::payload_sha256(whole));
    std::size_t moved = 0, left = 0;
    for (const auto& [name, weight] : weights_in(support::tiny_checkpoint())) {
        const bool same = at::equal(whole.at(name).to(at::kFloat), weight.to(at::kFloat));
        const bool of_unet = name.starts_with("model.diffusion_model.");
        EXPECT_TRUE(same || of_unet) << name;
        ++(same ? left : moved);
    }
    EXPECT_GT(moved, 100U);
    EXPECT_GT(left, 0U);
}

TEST_F(WholeModelRun, TextEncodersStayFrozenWhateverAdaptersWouldDo) {
    auto job = toy_job("frozen");
    job.adapter.train_text = true;
    job.adapter.dropout = 0.5;
    const auto recipe = load_recipe(job);
    EXPECT_TRUE(recipe.captions->frozen());
    const auto training = phases_of(job, {}).at(Phase::Train).parts;
    EXPECT_EQ(training, std::vector{models::Part::Unet});
}

TEST_F(WholeModelRun, IsForecastFromItsOwnWeights) {
    const std::int64_t numbers = 28 * 24 + 24 + 24 * 12 + 12;
    const auto forecast = Forecaster(toy_job("forecast")).of({});
    EXPECT_EQ(forecast.gradients, 4 * numbers);
    EXPECT_EQ(forecast.optimizer, 4 * (2 * numbers + 4));
    EXPECT_EQ(forecast.adapter, 0) << "nothing beside the model's own weights";
    EXPECT_GT(forecast.activations, 0);
}

TEST_F(WholeModelRun, OldFilesOfItGoAsTheJobSays) {
    auto job = toy_job("kept");
    job.output.every_steps = 1;
    job.output.keep_last = 2;
    RunListener listener;
    const auto folder = trained(job, listener).parent_path();
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        names.push_back(entry.path().filename());
    EXPECT_EQ(names.size(), 3U) << base::join(names, ", ");
}

TEST_F(WholeModelRun, IsPlayedFromRecordingsBitForBit) {
    const auto job = toy_job("played");
    const auto draws_of = [](double seed) {
        const auto latents = at::arange(2 * 12 * 8 * 8, at::kFloat).mul(seed).sin().view({2, 12, 8, 8});
        return StepDraws{latents, latents.mul(3).cos(), at::tensor({0.2, 0.7}, at::kFloat)};
    };
    const support::PlayerBench played(job), direct(job);
    support::ReplayingRecorder::Count count;
    played.player->record_with(std::make_unique<support::ReplayingRecorder>(count));
    EXPECT_EQ(played.player->why(), "");
    for (const auto* bench : {&played, &direct}) bench->play({draws_of(1), draws_of(1.5)});  // as they come
    EXPECT_EQ(count.made, 0);
    for (int i = 2; i < 6; ++i) {
        const std::vector draws{draws_of(i), draws_of(i + 0.5)};
        const auto result = played.play(draws), wanted = direct.queue(direct.inputs_of(draws));
        EXPECT_TRUE(at::equal(result.loss, wanted.loss));
        EXPECT_TRUE(at::equal(result.norm, wanted.norm));
    }
    EXPECT_TRUE(at::equal(played.weights(), direct.weights()));
    EXPECT_EQ(count.made, 2) << "of a batch and of the move";
}

}  // namespace lorikeet::train
