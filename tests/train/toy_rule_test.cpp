// A rule of optimisation that only this test has goes the whole way: one class, one row, and nothing else names it.
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "optim/rules.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/forecast.hpp"
#include "train/loop.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

using support::RunListener;

namespace {

// Each weight goes a step of the same length, in the direction of a sum of its gradients.
class Sign : public optim::Optimizer {
  public:
    explicit Sign(std::vector<optim::ParamGroup> all) : Optimizer(std::move(all)) {
        for (const auto& group : groups())
            for (std::size_t i = 0; i < group.names.size(); ++i)
                sums_[group.names[i] + ".sum"] = at::zeros_like(group.tensors[i].detach());
    }
    void step(double rate) override {
        const at::NoGradGuard no_gradient;
        for (const auto& group : groups())
            for (std::size_t i = 0; i < group.names.size(); ++i) {
                if (!group.tensors[i].grad().defined()) continue;
                auto& sum = sums_.at(group.names[i] + ".sum");
                sum.mul_(0.9).add_(group.tensors[i].grad());
                group.tensors[i].sub_(sum.sign(), rate * group.lr);
            }
    }
    tensor::NamedTensors state() const override { return sums_; }
    void load_state(const tensor::NamedTensors& state) override {
        for (auto& [name, sum] : sums_) sum = optim::fitting_state(state, name, sum);
    }
    std::int64_t state_bytes() const override {
        std::int64_t numbers = 0;
        for (const auto& [name, sum] : sums_) numbers += sum.numel();
        return 4 * numbers;
    }

  private:
    tensor::NamedTensors sums_;
};

const optim::RuleFacts kSign{
    settings::OptimRule::AdamW,
    [](std::vector<optim::ParamGroup> groups, const settings::Optim&) -> std::unique_ptr<optim::Optimizer> {
        return std::make_unique<Sign>(std::move(groups));
    },
    4, 0.01, "toys.Sign"};

base::Path trained_by_sign(const settings::Job& job, std::int64_t stop_at) {
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    const auto go = [&](Start start, std::int64_t stop) {
        RunListener listener([&](const base::Event& event) {
            if (event.kind == "metrics" && event.number("step") == static_cast<double>(stop))
                listener.cancel.request_stop();
        });
        return train(job, run, start, listener, listener.cancel);
    };
    auto outcome = go(Start::Fresh, stop_at);
    if (stop_at > 0) outcome = go(Start::Resume, 0);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    return outcome.lora;
}

}  // namespace

TEST(ToyRule, TrainsIsForecastToldAndResumedAsIfNeverStopped) {
    const optim::ScopedRule scope(kSign);
    const support::SmallJob small;
    const auto run = [&](const std::string& name, std::int64_t stop_at) {
        auto job = small.job();
        job.train.steps = 5;
        job.output.name = name;
        return adapters::read_lora(trained_by_sign(job, stop_at));
    };
    const auto whole = run("whole", 0), parted = run("parted", 2);
    EXPECT_TRUE(whole.metadata.at("ss_optimizer").starts_with("toys.Sign"));
    for (const auto& [layer, entry] : whole.entries)
        for (const auto& [ending, tensor] : entry.tensors)
            EXPECT_TRUE(at::equal(tensor, parted.entries.at(layer).tensors.at(ending))) << layer << ending;

    const auto job = small.job();
    auto recipe = load_recipe(job);
    fit_adapter(recipe, job);
    EXPECT_NE(dynamic_cast<Sign*>(recipe.optimizer.get()), nullptr);
    std::int64_t numbers = 0;
    for (const auto& parameter : recipe.optimizer->parameters()) numbers += parameter.numel();
    EXPECT_EQ(Forecaster(job).of({}).optimizer, 4 * numbers);
    EXPECT_EQ(optimizer_bytes(job.optim.rule), 4);
    EXPECT_EQ(highest_usual_rate(job.optim.rule), 0.01);
}

}  // namespace lorikeet::train
