// A rule of optimisation that only this test has goes the whole way: one class, one row, and nothing else names it.
#include "support/toy_rule.hpp"

#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "train/forecast.hpp"
#include "train/loop.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

using support::RunListener;

namespace {

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
    const base::ScopedRow scope(optim::rule_table(), support::kSign);
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
    fit_trainee(recipe, job);
    EXPECT_NE(dynamic_cast<support::Sign*>(recipe.optimizer.get()), nullptr);
    std::int64_t numbers = 0;
    for (const auto& parameter : recipe.optimizer->parameters()) numbers += parameter.numel();
    EXPECT_EQ(Forecaster(job).of({}).optimizer, 4 * numbers);
    EXPECT_EQ(optimizer_bytes(job.optim.rule), 4);
    EXPECT_EQ(highest_usual_rate(job.optim.rule), 0.01);
}

}  // namespace lorikeet::train
