#include "train/run_phases.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/family.hpp"
#include "models/stable_diffusion_family.hpp"
#include "models/stable_diffusion_spec.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "train/forecast.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {
namespace {

using models::Part;

// The model that a run has loaded; what is rehearsed on the meta device is none.
models::Model*& model_of_run() {
    static models::Model* model = nullptr;
    return model;
}

const models::Family& observed_family() {
    static const models::Family row = [] {
        auto family = models::stable_diffusion_1();
        family.read_spec = [](const io::SafetensorsFile& file, const models::PartFiles& files) {
            const auto read = models::stable_diffusion_1().read_spec(file, files);
            auto spec = std::make_shared<models::StableDiffusionSpec>(models::own_spec(*read));
            spec->family = &observed_family();
            return std::shared_ptr<const models::Spec>(std::move(spec));
        };
        family.load = [](const models::Spec& spec, const base::Path& file,
                         const models::LoadOptions& options) {
            auto model = models::stable_diffusion_1().load(spec, file, options);
            if (!options.device.is_meta()) model_of_run() = model.get();
            return model;
        };
        return family;
    }();
    return row;
}

// Phases as one who only hears events knows them: "Fit" is the loading behind the first, samples are samples whenever
// they are made, and what comes again is no news.
using Told = std::vector<std::pair<std::string, std::vector<Part>>>;

class PhaseRecorder : public base::EventSink {
  public:
    void take(const base::Event& event) override {
        if (model_of_run() != nullptr) note_parts();
        if (event.kind != "phase" || event.text("name") == "resumed") return;
        if (event.text("name") == "reading images") return;
        name_ = event.text("name");
        if (name_ == "loading" && loadings_++ > 0) name_ = "fitting";
        if (std::none_of(told.begin(), told.end(), [&](const auto& one) { return one.first == name_; }))
            told.push_back({name_, {}});
    }
    Told told;
    base::Cancel cancel;

  private:
    // An event may come at any time within a phase: all that was loaded in one of its events.
    void note_parts() {
        const auto at =
            std::find_if(told.begin(), told.end(), [&](const auto& one) { return one.first == name_; });
        if (at == told.end()) return;
        for (const auto part : loaded_parts(*model_of_run()))
            if (std::find(at->second.begin(), at->second.end(), part) == at->second.end())
                at->second.push_back(part);
        std::sort(at->second.begin(), at->second.end());
    }
    std::string name_;
    int loadings_ = 0;
};

Told told_of(const std::vector<RunPhase>& phases) {
    Told told;
    for (const auto& [phase, parts] : phases) {
        auto name = std::string(phase == Phase::Fit ? "fitting" : name_of(phase));
        const bool known =
            std::any_of(told.begin(), told.end(), [&](const auto& one) { return one.first == name; });
        if (!name.empty() && !known) told.emplace_back(std::move(name), parts);
    }
    for (auto& one : told) std::sort(one.second.begin(), one.second.end());
    return told;
}

std::string lines_of(const Told& told) {
    std::string words;
    for (const auto& [name, parts] : told) {
        words += name + ":";
        for (const auto part : parts) words += fmt::format(" {}", static_cast<int>(part));
        words += "\n";
    }
    return words;
}

Told told_by_run(const settings::Job& job) {
    const base::ScopedRow observed(models::family_table(), observed_family());
    model_of_run() = nullptr;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    PhaseRecorder recorder;
    train(job, run, Start::Fresh, recorder, recorder.cancel);
    return recorder.told;
}

struct PhasesJob {
    support::SmallJob small;
    settings::Job job = small.job();
    PhasesJob() {
        job.train.steps = 2;
        job.train.epochs.reset();
    }
    std::vector<data::DatasetImage> images() const { return data::scan(job.data, base::Cancel()).images; }
};

std::vector<Phase> order_of(const RunPhases& phases) {
    std::vector<Phase> order;
    for (const auto& one : phases.in_order) order.push_back(one.phase);
    return order;
}

}  // namespace

// One who adds, moves or drops a phase or a part in one of them alone is told here.
TEST(RunPhases, ARunGoesThroughWhatIsForecastWithTheSamePartsLoaded) {
    using Change = void (*)(settings::Job&);
    const std::map<std::string, Change> changes{
        {"text encoders are trained", [](settings::Job& job) { job.adapter.train_text = true; }},
        {"all is kept", [](settings::Job& job) { job.adapter.train_text = false; }},
        {"latents are not kept", [](settings::Job& job) { job.data.cache_latents = false; }},
        {"text is not kept",
         [](settings::Job& job) { job.adapter.train_text = job.data.cache_text = false; }},
        {"nothing is kept",
         [](settings::Job& job) {
             job.adapter.train_text = job.data.cache_text = job.data.cache_latents = false;
         }},
        {"samples at the start alone",
         [](settings::Job& job) {
             job.sample.at_start = true, job.sample.at_end = false;
             job.sample.every_steps = 0;
         }},
        {"no samples", [](settings::Job& job) { job.sample.at_end = false, job.sample.every_steps = 0; }},
    };
    for (const auto& [name, change] : changes) {
        PhasesJob place;
        change(place.job);
        const auto forecast = told_of(Forecaster(place.job, place.images()).rehearsed());
        EXPECT_EQ(lines_of(told_by_run(place.job)), lines_of(forecast)) << name;
    }
}

TEST(RunPhases, WhatIsForecastIsWhatTheyName) {
    PhasesJob place;
    place.job.adapter.train_text = false;
    const auto images = place.images();
    EXPECT_EQ(lines_of(told_of(Forecaster(place.job, images).rehearsed())),
              lines_of(told_of(phases_of(place.job, images).in_order)));
}

TEST(RunPhases, ComeInTheOrderOfTheWork) {
    PhasesJob place;
    place.job.adapter.train_text = false;
    place.job.sample.at_start = true;
    const auto all = phases_of(place.job, place.images());
    EXPECT_EQ(order_of(all),
              (std::vector{Phase::Load, Phase::CacheLatents, Phase::CacheText, Phase::Fit, Phase::SampleFirst,
                           Phase::Train, Phase::SampleBetween, Phase::Save, Phase::SampleLast}));
    EXPECT_EQ(all.at(Phase::Train).parts, std::vector{Part::Unet});
    EXPECT_TRUE(all.kept_texts.contains("a bird, number 3"));
    EXPECT_TRUE(all.kept_texts.contains("")) << "by which samples are guided";
    place.job.data.cache_latents = place.job.data.cache_text = false;
    const auto none = phases_of(place.job, place.images());
    EXPECT_EQ(order_of(none)[1], Phase::Fit);
    EXPECT_EQ(none.at(Phase::Train).parts, (std::vector{Part::Unet, Part::Text, Part::VaeEncoder}));
}

TEST(RunPhases, TextEncodersStayWhereTooManyCaptionsAreShown) {
    PhasesJob place;
    place.job.adapter.train_text = false;
    place.job.data.subsets[0].shuffle_tags = true;
    auto images = place.images();
    images[0].caption = "a, b, c, d, e, f, g, h, i";
    place.job.train.steps = 4;
    EXPECT_FALSE(phases_of(place.job, images).too_many_captions);
    place.job.train.steps = 100'000;
    const auto phases = phases_of(place.job, images);
    EXPECT_TRUE(phases.too_many_captions);
    EXPECT_EQ(order_of(phases)[2], Phase::Fit);
    EXPECT_EQ(phases.at(Phase::Train).parts, (std::vector{Part::Unet, Part::Text}));
    EXPECT_EQ(Forecaster(place.job, images).rehearsed()[3].parts, (std::vector{Part::Text, Part::Unet}));
}

TEST(RunPhases, TheLargestBatchHoldsNoMoreThanAnEpoch) {
    PhasesJob place;
    place.job.data.batch = 50;
    EXPECT_EQ(largest_batch(place.job, place.images()).images, 5);
    EXPECT_EQ(largest_batch(place.job, {}).images, 50);
}

}  // namespace lorikeet::train
