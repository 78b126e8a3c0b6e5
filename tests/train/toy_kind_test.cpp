// A kind of adapter that only this test has goes the whole way of training: it is told in one file, and nothing else names it.
#include "support/toy_kind.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "support/network_of.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/adapter_size.hpp"
#include "train/forecast.hpp"
#include "train/loop.hpp"
#include "train/recipe.hpp"
#include "train/start_from.hpp"

namespace lorikeet::train {
namespace {

// Stops the run behind a step; 0: never.
class StopAt : public base::EventSink {
  public:
    explicit StopAt(std::int64_t step) : step_(step) {}
    void take(const base::Event& event) override {
        if (event.kind == "metrics" && event.number("step") == static_cast<double>(step_))
            cancel.request_stop();
        if (event.kind == "sample") ++samples;
    }
    base::Cancel cancel;
    int samples = 0;

  private:
    std::int64_t step_;
};

settings::Job short_job(const support::SmallJob& small, const std::string& name) {
    auto job = small.job();
    job.train.steps = 4;
    job.output.name = name;
    return job;
}

base::Path trained(const settings::Job& job, std::int64_t stop_at = 0) {
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    StopAt first(stop_at);
    auto outcome = train(job, run, Start::Fresh, first, first.cancel);
    if (stop_at > 0) {
        EXPECT_EQ(outcome.step, stop_at);
        StopAt second(0);
        outcome = train(job, run, Start::Resume, second, second.cancel);
    }
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    return outcome.lora;
}

tensor::NamedTensors tensors_of(const base::Path& path) {
    const tensor::WeightFile file(path);
    tensor::NamedTensors tensors;
    for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name).clone();
    return tensors;
}

}  // namespace

TEST(ToyKind, LearnsIsSavedAndIsToldInItsFile) {
    const support::ToyKind toy;
    const support::SmallJob small;
    auto job = short_job(small, "learns");
    job.sample.prompts = {{"a bird", "", 1}};
    job.sample.every_steps = 2;
    job.sample.steps = 2;
    const auto path = trained(job);
    const auto file = adapters::read_lora(path);
    EXPECT_FALSE(file.entries.empty());
    for (const auto& [layer, entry] : file.entries) {
        EXPECT_EQ(entry.kind, &support::kToy) << layer;
        EXPECT_GT(entry.tensors.begin()->second.abs().max().item<float>(), 0) << layer;
    }
    EXPECT_EQ(file.metadata.at("ss_network_module"), "toys.scale");
    EXPECT_EQ(file.metadata.at("ss_network_args"), R"({"algo": "toy"})");
    EXPECT_EQ(file.metadata.at("ss_network_dim"), "None");
}

TEST(ToyKind, StoppedAnywhereAndResumedEqualsNeverStopped) {
    const support::ToyKind toy;
    const support::SmallJob small;
    for (const auto precision :
         {settings::Precision::Float32, settings::Precision::Bfloat16, settings::Precision::Float16}) {
        const auto run = [&](std::int64_t stop_at) {
            auto job = short_job(small, fmt::format("{}-{}", say(precision).word, stop_at));
            job.train.precision = precision;
            return tensor::payload_sha256(tensors_of(trained(job, stop_at)));
        };
        const auto whole = run(0);
        for (const std::int64_t stop_at : {1, 3}) EXPECT_EQ(run(stop_at), whole) << stop_at;
    }
}

TEST(ToyKind, RecomputedItLearnsTheSame) {
    const support::ToyKind toy;
    const support::SmallJob small;
    auto kept = short_job(small, "kept"), again = short_job(small, "again");
    kept.train.recompute = settings::Recompute::Off;
    again.train.recompute = settings::Recompute::On;
    EXPECT_EQ(tensor::payload_sha256(tensors_of(trained(kept))),
              tensor::payload_sha256(tensors_of(trained(again))));
}

TEST(ToyKind, IsCountedBeforeItIsMade) {
    const support::ToyKind toy;
    const support::SmallJob small;
    const auto job = small.job();
    auto recipe = load_recipe(job);
    fit_trainee(recipe, job);
    std::int64_t numbers = 0;
    for (const auto& parameter : recipe.optimizer->parameters()) numbers += parameter.numel();
    const auto size = adapter_size(recipe.model->spec(), job.adapter);
    EXPECT_EQ(size.numbers, numbers);
    EXPECT_EQ(size.modules, static_cast<std::int64_t>(support::network_of(recipe).modules().size()));
    Forecaster forecaster(job);
    const auto forecast = forecaster.of({});
    EXPECT_EQ(forecast.adapter, 4 * numbers);
    EXPECT_EQ(forecast.gradients, 4 * numbers);
    EXPECT_GT(forecast.activations, 0);
}

TEST(ToyKind, GoesOnFromItsFileAndBesideLayersOfALora) {
    const support::SmallJob small;
    const support::ToyKind toy;
    auto job = short_job(small, "first");
    auto tensors = tensors_of(trained(job));
    const auto layers = static_cast<std::int64_t>(tensors.size());
    const std::string layer = "lora_unet_mid_block_attentions_0_proj_in";
    const auto out = tensors.at(layer + ".output_scale").size(0);
    tensors.erase(layer + ".output_scale");
    tensors[layer + ".lora_down.weight"] = at::ones({2, out, 1, 1});  // as wide as it is long
    tensors[layer + ".lora_up.weight"] = at::ones({out, 2, 1, 1});
    const auto file = small.folder() / "mixed.safetensors";
    tensor::save_tensors(file, tensors);

    job = short_job(small, "second");
    job.adapter.start_from = file.string();
    const auto facts = start_facts(job.adapter, *models::spec_of(io::SafetensorsFile(job.model.checkpoint)));
    EXPECT_EQ(facts.from_file, (LayerRanks{{{0, 0.0}, layers - 1}, {{2, 2.0}, 1}}));
    EXPECT_TRUE(facts.fresh.empty());
    const auto after = adapters::read_lora(trained(job));
    EXPECT_EQ(after.entries.at(layer).kind, &adapters::kPlainLora);
    EXPECT_EQ(after.entries.size(), static_cast<std::size_t>(layers));
}

}  // namespace lorikeet::train
