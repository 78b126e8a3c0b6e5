// Recorded steps, without a GPU: by recorders that do nothing, and by one that does again what it was given.
#include <cmath>
#include <limits>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include "support/player_bench.hpp"
#include "support/replaying_recorder.hpp"

namespace lorikeet::train {
namespace {

using support::draws_of;
using support::job_on;
using support::PlayerBench;

// Two recordings that do nothing, and no third.
class FakeRecorder : public tensor::Recorder {
  public:
    explicit FakeRecorder(int& living) : living_(living) {}
    std::unique_ptr<tensor::Recording> record(const std::function<void()>& /*work*/) override {
        TORCH_CHECK(living_ < 2, "no room for another");
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

// Two benches in the same state, one of which records; both have learned from the two shapes as they come.
struct Pair {
    support::ReplayingRecorder::Count count;
    PlayerBench recorded, direct;
    static constexpr std::int64_t kShort = 8, kLong = 16;

    explicit Pair(settings::Precision precision, std::size_t most_shapes = StepPlayer::kMostShapes)
        : recorded(job_of(precision)), direct(job_of(precision)) {
        recorded.player->record_with(std::make_unique<support::ReplayingRecorder>(count), most_shapes);
        for (std::uint64_t i = 0; i < 2; ++i)
            for (const auto* bench : {&recorded, &direct})
                bench->play({draws_of(i, 8, kShort), draws_of(10 + i, 8, kLong)});
        EXPECT_EQ(recorded.player->recordings(), 0U) << "a shape is learned twice before it is recorded";
    }
    static settings::Job job_of(settings::Precision precision) {
        auto job = job_on(settings::DeviceChoice::Cpu, precision);
        job.optim.max_grad_norm = 0.01;  // so that it does something
        return job;
    }
    // Both do the step; its numbers are the same. Widths of its batches: one letter of them each.
    void step(std::uint64_t seed, const std::vector<std::int64_t>& widths, double rate = 1,
              double share = 0) {
        std::vector<StepDraws> draws;
        for (const auto width : widths) draws.push_back(draws_of(100 * seed + draws.size(), 8, width));
        auto ours = recorded.inputs_of(draws), others = direct.inputs_of(draws);
        if (share != 0) ours[0].share = others[0].share = at::scalar_tensor(share, at::kFloat);
        const auto played = recorded.player->play(ours, rate), wanted = direct.queue(others, rate);
        EXPECT_EQ(played.loss.dtype(), wanted.loss.dtype());
        EXPECT_TRUE(at::equal(played.loss, wanted.loss) || !std::isfinite(wanted.loss.item<double>()))
            << seed;
        EXPECT_TRUE(at::equal(played.norm, wanted.norm) || !std::isfinite(wanted.norm.item<double>()))
            << seed;
        EXPECT_TRUE(at::equal(recorded.weights(), direct.weights())) << seed;
    }
    void expect_same_state() const {
        const auto ours = recorded.recipe.optimizer->state(), wanted = direct.recipe.optimizer->state();
        ASSERT_EQ(ours.size(), wanted.size());
        for (const auto& [name, tensor] : wanted) EXPECT_TRUE(at::equal(ours.at(name), tensor)) << name;
        if (const auto& scale = direct.recipe.loss_scale) {
            EXPECT_EQ(recorded.recipe.loss_scale->kept().value, scale->kept().value);
            EXPECT_EQ(recorded.recipe.loss_scale->kept().steps, scale->kept().steps);
        }
    }
};

}  // namespace

TEST(StepRecordings, RecordedBatchesAndOneMoveMakeThePlainStepBitForBit) {
    for (const auto precision :
         {settings::Precision::Float32, settings::Precision::Bfloat16, settings::Precision::Float16}) {
        Pair pair(precision);
        const auto a = Pair::kShort, b = Pair::kLong;
        std::uint64_t seed = 1;
        for (const auto& widths :
             std::vector<std::vector<std::int64_t>>{{a}, {b}, {a, a}, {b, a}, {a, b, b}}) {
            pair.step(seed, widths, 1 - 0.05 * static_cast<double>(seed));
            ++seed;
        }
        pair.expect_same_state();
        EXPECT_EQ(pair.recorded.player->recordings(), 3U)
            << "two shapes and the move, however they are combined";
        EXPECT_TRUE(pair.recorded.said.empty());
    }
}

TEST(StepRecordings, ARecordedStepThatIsNotFiniteMovesNothingAndLeavesNothingBehind) {
    for (const auto precision : {settings::Precision::Float32, settings::Precision::Float16}) {
        Pair pair(precision);
        pair.step(1, {Pair::kShort, Pair::kLong});
        const auto before = pair.recorded.weights();
        pair.step(2, {Pair::kLong, Pair::kShort}, 1, std::numeric_limits<double>::infinity());
        EXPECT_TRUE(at::equal(pair.recorded.weights(), before));
        for (std::uint64_t seed = 3; seed < 6; ++seed) pair.step(seed, {Pair::kShort, Pair::kLong});
        EXPECT_FALSE(at::equal(pair.recorded.weights(), before));
        pair.expect_same_state();
    }
}

TEST(StepRecordings, OfManyShapesThoseThatWereUsedLastStayRecordedAndThatIsSaidOnce) {
    Pair pair(settings::Precision::Float32, 2);
    const std::int64_t a = Pair::kShort, b = Pair::kLong, c = 24;
    for (int i = 0; i < 2; ++i)
        for (const auto* bench : {&pair.recorded, &pair.direct}) bench->play({draws_of(50, 8, c)});
    const auto count_new = [&](std::uint64_t seed, const std::vector<std::int64_t>& widths) {
        const auto before = pair.count.made;
        pair.step(seed, widths);
        return pair.count.made - before;
    };
    EXPECT_EQ(count_new(1, {a}), 2) << "the batch and the move";
    EXPECT_EQ(count_new(2, {b}), 1);
    EXPECT_TRUE(pair.recorded.said.empty());
    EXPECT_EQ(count_new(3, {a}), 0);
    EXPECT_EQ(count_new(4, {c}), 1) << "in the place of b";
    EXPECT_EQ(count_new(5, {a}), 0);
    EXPECT_EQ(count_new(6, {b, c, b}), 2) << "in the places of c and a";
    EXPECT_EQ(pair.recorded.player->recordings(), 3U);
    EXPECT_EQ(pair.count.living, 3);
    ASSERT_EQ(pair.recorded.said.size(), 1U);
    EXPECT_NE(pair.recorded.said[0].find("data.bucket_step"), std::string::npos) << pair.recorded.said[0];
    pair.expect_same_state();
}

TEST(StepRecordings, WhenOneRecordingFailsAllAreGivenBack) {
    int living = 0;
    PlayerBench bench(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    bench.player->record_with(std::make_unique<FakeRecorder>(living));
    for (std::uint64_t i = 0; i < 3; ++i) bench.play({draws_of(i, 8, 8)});
    EXPECT_EQ(living, 2) << "of the batch and of the move";
    for (std::uint64_t i = 0; i < 3; ++i) bench.play({draws_of(i, 8, 16)});
    EXPECT_EQ(living, 0);
    EXPECT_EQ(bench.player->recordings(), 0U);
    ASSERT_EQ(bench.said.size(), 1U);
    EXPECT_NE(bench.said[0].find("no room for another"), std::string::npos) << bench.said[0];
    EXPECT_TRUE(std::isfinite(bench.play({draws_of(9, 8, 8)}).loss.item<double>()))
        << "steps run as they come";
}

// A step of which a batch cannot be recorded is done again from its beginning, as it comes.
TEST(StepRecordings, AStepThatBreaksOffWhileItIsRecordedIsDoneOnce) {
    class NoSecond : public support::ReplayingRecorder {
      public:
        explicit NoSecond(Count& count) : ReplayingRecorder(count), count_(count) {}
        std::unique_ptr<tensor::Recording> record(const std::function<void()>& work) override {
            TORCH_CHECK(count_.living == 0, "no room for another");
            return ReplayingRecorder::record(work);
        }

      private:
        Count& count_;
    };
    Pair pair(settings::Precision::Float32);
    support::ReplayingRecorder::Count count;
    pair.recorded.player->record_with(std::make_unique<NoSecond>(count));
    for (std::uint64_t i = 0; i < 4; ++i)
        for (const auto* bench : {&pair.recorded, &pair.direct})
            bench->play({draws_of(i, 8, 8), draws_of(20 + i, 8, 16)});
    EXPECT_EQ(pair.recorded.said.size(), 1U);
    EXPECT_TRUE(at::equal(pair.recorded.weights(), pair.direct.weights()));
}

// Sums of gradients are kept for the weights that learned while steps ran as they come.
TEST(StepRecordings, WhereOtherWeightsLearnThanBeforeStepsRunAsTheyCome) {
    class AtOnce : public tensor::Recorder {
      public:
        std::unique_ptr<tensor::Recording> record(const std::function<void()>& work) override {
            work();
            return nullptr;
        }
    };
    PlayerBench bench(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    bench.player->record_with(std::make_unique<AtOnce>());
    for (std::uint64_t i = 0; i < 2; ++i) bench.play({draws_of(i, 8, 8)});
    bench.recipe.optimizer->parameters().back().requires_grad_(false);
    EXPECT_TRUE(std::isfinite(bench.play({draws_of(2, 8, 8)}).loss.item<double>()));
    ASSERT_EQ(bench.said.size(), 1U);
    EXPECT_NE(bench.said[0].find("train different weights"), std::string::npos) << bench.said[0];
}

// Of a recording the memory that it works in is fixed; which tensors are moved together is part of that.
TEST(StepRecordings, WhenTheOptimizerIsArrangedAgainTheMoveIsRecordedAgain) {
    int living = 0;
    PlayerBench bench(job_on(settings::DeviceChoice::Cpu, settings::Precision::Float32));
    bench.player->record_with(std::make_unique<FakeRecorder>(living));
    for (std::uint64_t i = 0; i < 4; ++i) bench.play({draws_of(i, 8, 8)});
    EXPECT_EQ(living, 2);
    const auto all = bench.recipe.optimizer->parameters();
    all.front().mutable_grad() = at::zeros_like(all.front());
    const auto before = bench.recipe.optimizer->arrangement();
    bench.recipe.optimizer->step(0);  // others have a gradient than in the steps before
    EXPECT_NE(bench.recipe.optimizer->arrangement(), before);
    EXPECT_TRUE(std::isfinite(bench.play({draws_of(5, 8, 8)}).loss.item<double>())) << "as it comes";
    EXPECT_EQ(living, 1) << "the gradient of a batch is the same as before";
    bench.play({draws_of(6, 8, 8)});
    EXPECT_EQ(living, 2);
    EXPECT_EQ(bench.player->recordings(), 2U);
    EXPECT_TRUE(bench.said.empty());
}

}  // namespace lorikeet::train
