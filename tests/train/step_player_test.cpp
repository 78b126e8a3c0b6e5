#include "train/step_player.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/gpu.hpp"
#include "support/player_bench.hpp"

namespace lorikeet::train {
namespace {

using support::draws_of;
using support::job_on;
using support::kPlayerCaptions;
using support::PlayerBench;

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
            EXPECT_EQ(recorded.player->recordings(), 3U) << "of two shapes, and of the move";
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
