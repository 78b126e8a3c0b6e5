#include "train/evaluation.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "optim/rules.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {
namespace {

// Leaves its weights where they are, and means those that are one more to be used.
class OneMore : public optim::Optimizer {
  public:
    explicit OneMore(std::vector<optim::ParamGroup> all) : Optimizer(std::move(all)) {}
    void step(double /*rate*/) override {}
    tensor::NamedTensors state() const override { return {}; }
    void load_state(const tensor::NamedTensors& /*state*/) override {}
    std::int64_t state_bytes() const override { return 0; }

  protected:
    void to_evaluation() override { add(1); }
    void to_training() override { add(-1); }

  private:
    void add(double value) const {
        const at::NoGradGuard no_gradient;
        for (const auto& one : parameters()) one.add_(value);
    }
};

const optim::RuleFacts kOneMore{
    settings::OptimRule::AdamW,
    [](std::vector<optim::ParamGroup> groups, const settings::Optim&) -> std::unique_ptr<optim::Optimizer> {
        return std::make_unique<OneMore>(std::move(groups));
    },
    1, 0.01, "toys.OneMore"};

bool is_one_more(const tensor::NamedTensors& one, const tensor::NamedTensors& other) {
    for (const auto& [name, tensor] : one)
        if (name.ends_with("lora_up.weight") && !at::allclose(tensor, other.at(name) + 1, 0, 1e-2))
            return false;
    return true;
}

}  // namespace

TEST(Evaluation, TheWeightsAreThoseToBeUsedWhileItLives) {
    const base::ScopedRow scope(optim::rule_table(), kOneMore);
    const support::SmallJob small;
    const auto job = small.job();
    auto recipe = load_recipe(job);
    fit_trainee(recipe, job);
    tensor::NamedTensors before;
    for (const auto& [name, tensor] : recipe.trainee->state()) before[name] = tensor.clone();
    {
        const Evaluation evaluation(recipe);
        EXPECT_TRUE(is_one_more(recipe.trainee->state(), before));
    }
    for (const auto& [name, tensor] : recipe.trainee->state())
        EXPECT_TRUE(at::allclose(tensor, before.at(name), 0, 1e-6)) << name;
}

TEST(Evaluation, TheFileOfARunHoldsThem) {
    const base::ScopedRow scope(optim::rule_table(), kOneMore);
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 2;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener([](const base::Event&) {});
    const auto outcome = train(job, run, Start::Fresh, listener, listener.cancel);
    ASSERT_EQ(outcome.end, Outcome::End::Finished);
    const tensor::WeightFile file(outcome.lora);
    std::size_t seen = 0;
    for (const auto& entry : file.entries()) {
        if (!entry.name.ends_with("lora_up.weight")) continue;
        ++seen;
        const auto up = file.get(entry.name).to(at::kFloat);
        EXPECT_TRUE(at::equal(up, at::ones_like(up))) << entry.name << ": never moved, it trains at 0";
    }
    EXPECT_GT(seen, 0U);
}

}  // namespace lorikeet::train
