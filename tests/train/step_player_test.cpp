#include "train/step_player.hpp"

#include <cmath>
#include <limits>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/gpu.hpp"
#include "support/tiny.hpp"
#include "tensor/rng.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

const std::vector<std::string> kPlayerCaptions = {"a red bird", "a tree in the wind"};

settings::Job job_on(settings::DeviceChoice device, settings::Precision precision) {
    settings::Job job;
    job.model.checkpoint = support::tiny_checkpoint().string();
    job.adapter.rank = 2;
    job.adapter.alpha = 8;
    job.optim.lr = 5e-4;
    job.optim.text_lr = 1e-4;
    job.train.precision = precision;
    job.train.device = device;
    return job;
}

StepDraws draws_of(std::uint64_t seed, std::int64_t height, std::int64_t width) {
    auto generator = tensor::generator(seed, tensor::Stream::Noise);
    const auto latents = at::randn({2, 4, height, width}, generator, at::kFloat);
    return {latents, at::randn({2, 4, height, width}, generator, at::kFloat),
            at::randint(0, 1000, {2}, generator, at::kLong)};
}

// A run of its own: the same numbers for each, so that only the way in which steps are done can differ.
struct PlayerBench {
    settings::Job job;
    tensor::OwnStream stream;
    Recipe recipe;
    std::vector<std::string> said;
    std::unique_ptr<Step> step;
    OutOfMemoryRetry retry{{}, [](const std::string&) {}};
    std::unique_ptr<StepPlayer> player;

    explicit PlayerBench(settings::Job wanted)
        : job(std::move(wanted)),
          stream(tensor::pick_device(name_of(job.train.device))),
          recipe(load_recipe(job)) {
        fit_trainee(recipe, job);
        step = std::make_unique<Step>(recipe, job);
        player = std::make_unique<StepPlayer>(*step, recipe, job, retry,
                                              [this](std::string text) { said.push_back(std::move(text)); });
    }
    // Every weight of the adapter in one row, on the processor.
    at::Tensor weights() const {
        std::vector<at::Tensor> all;
        for (const auto& parameter : recipe.optimizer->parameters())
            all.push_back(parameter.detach().cpu().flatten());
        return at::cat(all);
    }
    StepResult play(const std::vector<StepDraws>& draws, double rate = 1) {
        std::vector<StepInputs> batches;
        for (const auto& one : draws)
            batches.push_back(step->prepare(one, kPlayerCaptions, 1.0 / static_cast<double>(draws.size())));
        return player->play(batches, rate);
    }
};

// Sums on a GPU are not always taken in the same order unless this is asked for.
class InOneOrder {
  public:
    InOneOrder() {
        at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/false);
        at::globalContext().setDeterministicFillUninitializedMemory(false);
        at::globalContext().setDeterministicCuDNN(true);
    }
    ~InOneOrder() {
        at::globalContext().setDeterministicAlgorithms(false, false);
        at::globalContext().setDeterministicCuDNN(false);
    }
    InOneOrder(const InOneOrder&) = delete;
    InOneOrder& operator=(const InOneOrder&) = delete;
};

// Steps of two shapes and of two batches at once, at rates that fall.
std::vector<double> play_some(PlayerBench& bench) {
    std::vector<double> numbers;
    for (std::uint64_t i = 0; i < 12; ++i) {
        std::vector<StepDraws> draws;
        draws.push_back(draws_of(i, 8, i % 3 == 1 ? 16 : 8));
        if (i % 4 == 3) draws.push_back(draws_of(100 + i, 8, 8));
        const auto result = bench.play(draws, 1 - 0.05 * static_cast<double>(i));
        numbers.push_back(result.loss.item<double>());
        numbers.push_back(result.norm.item<double>());
    }
    return numbers;
}

}  // namespace

TEST(StepPlayer, OnTheProcessorStepsRunAsTheyCome) {
    auto job = job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32);
    PlayerBench played(job), direct(job);
    for (std::uint64_t i = 0; i < 3; ++i) {
        const auto result = played.play({draws_of(i, 8, 8)}, 0.5);
        const double loss = direct.step->gather(draws_of(i, 8, 8), kPlayerCaptions, 1);
        const auto norm = direct.step->move(0.5, at::zeros({}));
        EXPECT_EQ(result.loss.item<double>(), loss);
        EXPECT_EQ(result.norm.item<double>(), norm.item<double>());
    }
    EXPECT_TRUE(at::equal(played.weights(), direct.weights()));
    EXPECT_TRUE(played.said.empty());
    EXPECT_EQ(played.player->recordings(), 0U);
    EXPECT_NE(played.player->why(), "");
}

TEST(StepPlayer, SeveralBatchesMakeOneStep) {
    auto job = job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32);
    PlayerBench bench(job), apart(job);
    const auto result = bench.play({draws_of(1, 8, 8), draws_of(2, 8, 8)});
    const double first = apart.step->gather(draws_of(1, 8, 8), kPlayerCaptions, 0.5);
    const double second = apart.step->gather(draws_of(2, 8, 8), kPlayerCaptions, 0.5);
    apart.step->move(1, at::zeros({}));
    EXPECT_NEAR(result.loss.item<double>(), (first + second) / 2, 1e-12);
    EXPECT_TRUE(at::equal(bench.weights(), apart.weights()));
}

TEST(StepPlayer, ALossThatIsNotFiniteMovesNothing) {
    PlayerBench bench(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    const auto before = bench.weights();
    auto draws = draws_of(1, 8, 8);
    draws.latents = draws.latents * std::numeric_limits<float>::infinity();
    const auto result = bench.play({draws});
    EXPECT_FALSE(std::isfinite(result.loss.item<double>()));
    EXPECT_FALSE(result.norm.defined());
    EXPECT_TRUE(at::equal(bench.weights(), before));
}

TEST(StepPlayer, InsistingWhereItCannotBeIsRefusedWithTheReason) {
    auto job = job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32);
    job.train.record_steps = settings::RecordSteps::On;
    try {
        PlayerBench bench(job);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Unsupported);
        EXPECT_NE(std::string(error.what()).find("only a GPU"), std::string::npos) << error.what();
        EXPECT_NE(error.hint().find("train.record_steps"), std::string::npos);
    }
}

// Of the second shape there is no recording.
class FakeRecorder : public tensor::Recorder {
  public:
    explicit FakeRecorder(int& living) : living_(living) {}
    std::unique_ptr<tensor::Recording> record(const std::function<void()>& /*work*/) override {
        TORCH_CHECK(living_ == 0, "no room for another");
        return std::make_unique<Fake>(living_);
    }

  private:
    class Fake : public tensor::Recording {
      public:
        explicit Fake(int& living) : living_(living) { ++living_; }
        ~Fake() override { --living_; }
        void play() override {}

      private:
        int& living_;
    };
    int& living_;
};

TEST(StepPlayer, WhenOneRecordingFailsAllAreGivenBack) {
    int living = 0;
    PlayerBench bench(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    bench.player->record_with(std::make_unique<FakeRecorder>(living));
    for (std::uint64_t i = 0; i < 3; ++i) bench.play({draws_of(i, 8, 8)});
    EXPECT_EQ(living, 1);
    for (std::uint64_t i = 0; i < 3; ++i) bench.play({draws_of(i, 8, 16)});
    EXPECT_EQ(living, 0);
    EXPECT_EQ(bench.player->recordings(), 0U);
    ASSERT_EQ(bench.said.size(), 1U);
    EXPECT_NE(bench.said[0].find("no room for another"), std::string::npos) << bench.said[0];
    EXPECT_TRUE(std::isfinite(bench.play({draws_of(9, 8, 8)}).loss.item<double>()))
        << "steps run as they come";
}

// Of a recording the memory that it works in is fixed; which tensors are moved together is part of that.
TEST(StepPlayer, WhenTheOptimizerIsArrangedAgainTheStepIsRecordedAgain) {
    int living = 0;
    PlayerBench bench(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    bench.player->record_with(std::make_unique<FakeRecorder>(living));
    for (std::uint64_t i = 0; i < 4; ++i) bench.play({draws_of(i, 8, 8)});
    EXPECT_EQ(living, 1);
    const auto all = bench.recipe.optimizer->parameters();
    all.front().mutable_grad() = at::zeros_like(all.front());
    const auto before = bench.recipe.optimizer->arrangement();
    bench.recipe.optimizer->step(0);  // others have a gradient than in the steps before
    EXPECT_NE(bench.recipe.optimizer->arrangement(), before);
    bench.play({draws_of(5, 8, 8)});
    EXPECT_EQ(living, 1) << "the old one went before the new one was made";
    EXPECT_EQ(bench.player->recordings(), 1U);
    EXPECT_TRUE(bench.said.empty());
}

TEST(StepPlayerGpu, ARecordedStepIsThePlainStepBitForBit) {
    LORIKEET_NEEDS_GPU();
    const InOneOrder in_one_order;
    for (const auto precision : {settings::Precision::Float32, settings::Precision::Bfloat16})
        for (const bool text : {true, false}) {
            auto job = job_on(settings::DeviceChoice::Cuda, precision);
            job.adapter.train_text = text;
            job.train.record_steps = settings::RecordSteps::Off;
            PlayerBench plain(job), again(job);
            const auto wanted = play_some(plain);
            ASSERT_EQ(play_some(again), wanted) << "the plain step itself differs from run to run";
            job.train.record_steps = settings::RecordSteps::On;
            PlayerBench recorded(job);
            EXPECT_EQ(play_some(recorded), wanted);
            EXPECT_TRUE(at::equal(recorded.weights(), plain.weights()));
            EXPECT_GE(recorded.player->recordings(), 2U);
            EXPECT_TRUE(recorded.said.empty());
        }
}

TEST(StepPlayerGpu, ComesNearTheProcessor) {
    LORIKEET_NEEDS_GPU();
    support::gpu();
    PlayerBench gpu(job_on(settings::DeviceChoice::Cuda, settings::Precision::Float32));
    PlayerBench cpu(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    const auto ours = play_some(gpu), wanted = play_some(cpu);
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(ours[i] / wanted[i], 1, 1e-3) << i;
}

TEST(StepPlayerGpu, MovesNothingByAStepThatIsNotFiniteAndGoesOn) {
    LORIKEET_NEEDS_GPU();
    for (const auto wish : {settings::RecordSteps::Off, settings::RecordSteps::On}) {
        auto job = job_on(settings::DeviceChoice::Cuda, settings::Precision::Float32);
        job.train.record_steps = wish;
        PlayerBench bench(job);
        for (std::uint64_t i = 0; i < 4; ++i) bench.play({draws_of(i, 8, 8)});
        const auto before = bench.weights();
        auto draws = draws_of(5, 8, 8);
        draws.latents = draws.latents * std::numeric_limits<float>::infinity();
        EXPECT_FALSE(std::isfinite(bench.play({draws}).loss.item<double>()));
        EXPECT_TRUE(at::equal(bench.weights(), before));
        EXPECT_TRUE(std::isfinite(bench.play({draws_of(6, 8, 8)}).loss.item<double>()));
        EXPECT_FALSE(at::equal(bench.weights(), before));
    }
}

TEST(StepPlayerGpu, DropoutIsDrawnOnTheProcessorSoStepsAreNotRecordedAndThatIsSaid) {
    LORIKEET_NEEDS_GPU();
    auto job = job_on(settings::DeviceChoice::Cuda, settings::Precision::Bfloat16);
    job.adapter.dropout = 0.2;
    PlayerBench bench(job);
    for (std::uint64_t i = 0; i < 4; ++i) bench.play({draws_of(i, 8, 8)});
    EXPECT_EQ(bench.player->recordings(), 0U);
    ASSERT_EQ(bench.said.size(), 1U);
    EXPECT_NE(bench.said[0].find("adapter.dropout"), std::string::npos) << bench.said[0];
}

}  // namespace lorikeet::train
