#include "stage.hpp"

#include <gtest/gtest.h>

#include "nn/linear.hpp"
#include "support/temp_folder.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tiny_base {
namespace {

// A stage that learns a small linear map on two replicas.
class Lesson {
  public:
    explicit Lesson(const base::Path& file) {
        std::vector<Visit> visits;
        for (auto& layer : layers_)
            visits.emplace_back([&layer](nn::Visitor& visitor) { layer.visit(visitor, "w"); });
        init_weights(visits.front(), 3, {});
        stage_ =
            std::make_unique<Stage>(file, visits, StageOptions{.steps = 40, .lr = 0.05, .warmup_steps = 2});
    }
    double advance() {
        return stage_->advance([&](std::int64_t step, std::size_t replica) {
            auto source =
                tensor::generator(1, tensor::Stream::Noise, static_cast<std::uint64_t>(step), replica);
            const auto x = at::randn({8, 3}, source);
            return (layers_[replica](x) - x.sum(1, true)).square().mean();
        });
    }
    Stage& stage() { return *stage_; }
    const nn::Linear& layer(std::size_t replica) const { return layers_[replica]; }

  private:
    std::vector<nn::Linear> layers_{nn::Linear(3, 1), nn::Linear(3, 1)};
    std::unique_ptr<Stage> stage_;
};

TEST(Stage, Learns) {
    const support::TempFolder folder;
    Lesson lesson(folder.path() / "state.safetensors");
    const double before = lesson.advance();
    double after = before;
    while (!lesson.stage().is_done()) after = lesson.advance();
    EXPECT_LT(after, before / 10);
}

TEST(Stage, GoesOnAfterAKillAsIfNeverStopped) {
    const support::TempFolder folder;
    Lesson whole(folder.path() / "whole.safetensors");
    for (int i = 0; i < 12; ++i) whole.advance();

    const auto file = folder.path() / "halves.safetensors";
    {
        Lesson first(file);
        for (int i = 0; i < 7; ++i) first.advance();
        first.stage().save();
        first.advance();  // lost
    }
    Lesson second(file);
    EXPECT_EQ(second.stage().step(), 7);
    for (int i = 7; i < 12; ++i) second.advance();
    for (const auto& [name, mean] : whole.stage().smooth())
        EXPECT_TRUE(at::equal(mean, second.stage().smooth().at(name))) << name;
    EXPECT_TRUE(at::equal(whole.layer(0).weight, second.layer(0).weight));
}

TEST(Stage, KeepsItsReplicasAlike) {
    const support::TempFolder folder;
    Lesson lesson(folder.path() / "state.safetensors");
    for (int i = 0; i < 5; ++i) lesson.advance();
    EXPECT_TRUE(at::equal(lesson.layer(0).weight, lesson.layer(1).weight));
}

TEST(Stage, LendsTheRunningMeanAndTakesItBack) {
    const support::TempFolder folder;
    Lesson lesson(folder.path() / "state.safetensors");
    for (int i = 0; i < 5; ++i) lesson.advance();
    const auto own = lesson.layer(0).weight.detach().clone();
    lesson.stage().with_smooth([&] {
        EXPECT_TRUE(at::equal(lesson.layer(0).weight, lesson.stage().smooth().at("w.weight")));
        EXPECT_FALSE(at::equal(lesson.layer(0).weight, own));
    });
    EXPECT_TRUE(at::equal(lesson.layer(0).weight, own));
}

}  // namespace
}  // namespace lorikeet::tiny_base
