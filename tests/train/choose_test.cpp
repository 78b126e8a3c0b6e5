#include "train/choose.hpp"

#include <gtest/gtest.h>

#include "base/home.hpp"
#include "models/stable_diffusion_family.hpp"
#include "models/stable_diffusion_spec.hpp"
#include "settings/check.hpp"
#include "settings/toml.hpp"
#include "support/small_job.hpp"
#include "support/tiny.hpp"
#include "train/loop.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::train {
namespace {

models::StableDiffusionSpec sdxl() {
    models::StableDiffusionSpec spec;
    spec.family = &models::sdxl();
    spec.native_size_px = 1024;
    return spec;
}

settings::Job chosen_for(const models::Spec& spec, std::int64_t images, settings::Job job = {}) {
    return choose_length(choose_for_model(std::move(job), spec), spec, images);
}

// What a person fills in before the first run.
settings::Job four_fields() {
    settings::Job job;
    job.output.name = "lorikeet";
    settings::Subset subset;
    subset.folder = base::try_find_asset("lorikeet")->string();
    subset.trigger = "lorikeet";
    job.data.subsets = {subset};
    return job;
}

class Notes : public base::EventSink {
  public:
    void take(const base::Event& event) override {
        if (event.kind == "note") text += event.text("text") + "\n";
        if (event.kind == "phase" && text.empty()) phases_before.push_back(event.text("name"));
    }
    std::string text;
    std::vector<std::string> phases_before;
};

}  // namespace

TEST(Choose, ALargeModelGetsTheUsualNumbersOfItsFamily) {
    const auto small = chosen_for(models::StableDiffusionSpec{}, 12);
    EXPECT_EQ(small.data.resolution, std::vector<std::int64_t>{512});
    EXPECT_EQ(small.data.batch, 1);
    EXPECT_EQ(small.adapter.rank, 16);
    EXPECT_EQ(small.adapter.alpha, 8);
    EXPECT_EQ(small.optim.lr, 5e-4);
    EXPECT_EQ(small.optim.text_lr, 1e-4);
    EXPECT_EQ(small.train.steps, 1200);
    const auto xl = chosen_for(sdxl(), 24);
    EXPECT_EQ(xl.data.resolution, std::vector<std::int64_t>{1024});
    EXPECT_EQ(xl.optim.lr, 2e-4);
    EXPECT_EQ(xl.train.steps, 2400);
}

TEST(Choose, TheLengthFollowsTheImagesWithinBounds) {
    EXPECT_EQ(chosen_for(models::StableDiffusionSpec{}, 1).train.steps, 1000);
    EXPECT_EQ(chosen_for(models::StableDiffusionSpec{}, 5000).train.steps, 4000);
    settings::Job job;
    job.data.batch = 4;
    job.train.accumulate = 2;
    EXPECT_EQ(chosen_for(models::StableDiffusionSpec{}, 12, job).train.steps, 150)
        << "as many views in fewer steps";
}

TEST(Choose, WhatTheJobSaysStays) {
    settings::Job job;
    job.data.resolution = {640, 384};
    job.data.batch = 3;
    job.adapter.rank = 4;
    job.optim.lr = 1e-5;
    job.train.epochs = 7;
    const auto chosen = chosen_for(models::StableDiffusionSpec{}, 12, job);
    EXPECT_EQ(chosen.data.resolution, job.data.resolution);
    EXPECT_EQ(chosen.data.batch, 3);
    EXPECT_EQ(chosen.adapter.rank, 4);
    EXPECT_EQ(chosen.adapter.alpha, 2) << "of the rank that is given";
    EXPECT_EQ(chosen.optim.lr, 1e-5);
    EXPECT_FALSE(chosen.optim.text_lr) << "it follows the rate that is given";
    EXPECT_FALSE(chosen.train.steps);
    EXPECT_EQ(chosen.train.epochs, 7);
    job.train.epochs.reset();
    job.train.steps = 5;
    EXPECT_EQ(chosen_for(models::StableDiffusionSpec{}, 12, job).train.steps, 5);
}

TEST(Choose, TheTinyBaseAndTwelveImagesAreTheDemo) {
    const auto chosen = choose(four_fields(), base::Cancel()).job;
    EXPECT_EQ(chosen.data.resolution, std::vector<std::int64_t>{64});
    EXPECT_EQ(chosen.data.batch, 4);
    EXPECT_EQ(chosen.adapter.rank, 32);
    EXPECT_EQ(chosen.adapter.alpha, 32);
    EXPECT_EQ(chosen.optim.lr, 2e-3);
    EXPECT_EQ(chosen.optim.text_lr, 5e-4);
    EXPECT_EQ(chosen.train.steps, 600);
}

TEST(Choose, OneSentenceTellsWhatWasChosenAndWhy) {
    EXPECT_EQ(
        choose(four_fields(), base::Cancel()).words,
        "Chosen for 12 images and a small model: 600 steps (each image is seen about 200 times), 64 px, "
        "batch 4, rank 32, alpha 32, learning rate 0.002 (text encoder 0.0005).");
    auto job = four_fields();
    job.train.steps = 10;
    job.data.resolution = {64};
    job.data.batch = 2;
    job.adapter.alpha = 4;
    job.optim.lr = 1e-3;
    EXPECT_EQ(choose(job, base::Cancel()).words, "Chosen for a small model: rank 32.");
    job.adapter.rank = 4;
    EXPECT_EQ(choose(job, base::Cancel()).words, "");
}

TEST(Choose, ARunRecordsWhatWasChosen) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.rank.reset();
    job.adapter.alpha.reset();
    job.train.epochs.reset();
    job.data.subsets[0].repeats = 1;
    job.data.batch = 1024;  // so that the length that follows from it is short
    job.optim.schedule.warmup = 0;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    Notes notes;
    train(job, run, Start::Fresh, notes, base::Cancel());
    const auto kept = settings::read_job_file(run.job_file());
    EXPECT_TRUE(kept.problems.empty()) << base::to_text(kept.problems);
    EXPECT_EQ(kept.job.adapter.rank, 32);
    EXPECT_EQ(kept.job.train.steps, 3);
    EXPECT_NE(notes.text.find("Chosen for 5 images and a small model: 3 steps"), std::string::npos)
        << notes.text;
    EXPECT_EQ(notes.phases_before, std::vector<std::string>{"reading images"});
}

TEST(Choose, ImagesThatCannotBeReadAreNoLengthOfNone) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.epochs.reset();
    job.data.subsets[0].folder += "/nowhere";
    EXPECT_THROW(choose(job, base::Cancel()), base::Error);
}

}  // namespace lorikeet::train
