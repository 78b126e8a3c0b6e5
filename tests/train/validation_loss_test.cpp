#include "train/validation_loss.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/rgba_png.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/loop.hpp"
#include "train/run_dir.hpp"
#include "train/run_schedule.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

// What a run trained and told.
struct Outcomes {
    std::string lora;
    std::vector<double> losses;
    std::vector<std::pair<std::int64_t, double>> validations;
    std::string said;

    void take(const RunListener& listener) {
        for (const auto& event : listener.of("metrics")) losses.push_back(event.number("loss"));
        for (const auto& event : listener.of("validation"))
            validations.emplace_back(static_cast<std::int64_t>(event.number("step")), event.number("loss"));
        said += listener.said();
    }
};

std::string hash_of(const base::Path& lora) {
    tensor::NamedTensors tensors;
    const tensor::WeightFile file(lora);
    for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
    return tensor::payload_sha256(tensors);
}

// Stopped after `stop_at` steps and resumed, where it is not 0.
Outcomes run_of(settings::Job job, const std::string& name, std::int64_t stop_at = 0) {
    job.output.folder += "/" + name;
    const auto run = RunDir::create(job.output.folder, "bird", RunDir::Existing::Refuse);
    Outcomes outcomes;
    RunListener first([&](const base::Event& event) {
        if (support::is_step(event, stop_at)) first.cancel.request_stop();
    });
    auto outcome = train(job, run, Start::Fresh, first, first.cancel);
    outcomes.take(first);
    if (stop_at > 0) {
        EXPECT_EQ(outcome.step, stop_at);
        RunListener second;
        outcome = train(job, run, Start::Resume, second, second.cancel);
        outcomes.take(second);
    }
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    outcomes.lora = hash_of(outcome.lora);
    return outcomes;
}

// Images of several shapes, some for regularisation, with masks from transparency, random crops, other colours and mirrored ones, and three for
// validation in a folder of their own.
settings::Job varied_job(const support::SmallJob& small) {
    auto job = small.job();
    const base::Path folder = job.data.subsets[0].folder;
    for (const auto& [name, width] : {std::pair{"wide", 160U}, std::pair{"tall", 40U}}) {
        std::vector<std::uint8_t> rgba(std::size_t{width} * 80 * 4, 90);
        for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = i % 160 < 80 ? 255 : 0;
        base::write_whole(folder / fmt::format("{}.png", name), support::rgba_png(width, 80, rgba));
    }
    const auto held_out = small.folder() / "held out";
    std::filesystem::create_directory(held_out);
    for (int i = 0; i < 3; ++i) {
        io::Image image{96, 64,
                        std::vector<std::uint8_t>(96 * 64 * 3, static_cast<std::uint8_t>(40 * i + 20))};
        image.rgb[0] = 255;
        io::write_png(held_out / fmt::format("v{}.png", i), image);
        base::write_whole(held_out / fmt::format("v{}.txt", i), fmt::format("a tree, {}", i));
    }
    job.data.cache_latents = false;
    job.data.random_crop = job.data.vary_colours = job.data.alpha_mask = true;
    job.data.subsets[0].flip = true;
    job.data.subsets[0].shuffle_tags = true;
    job.data.subsets.push_back(job.data.subsets[0]);
    job.data.subsets[1].regularisation = true;
    job.data.subsets[1].class_words = "a bird";
    job.data.regularisation_weight = 0.5;
    job.train.accumulate = 2;
    job.adapter.dropout = 0.1;
    job.sample.at_end = false;
    job.train.epochs.reset();
    job.train.steps = 9;
    return job;
}

settings::Job validated(settings::Job job, const support::SmallJob& small) {
    job.data.subsets.emplace_back().folder = (small.folder() / "held out").string();
    job.data.subsets.back().validation = true;
    job.data.validation.every_steps = 3;
    return job;
}

}  // namespace

TEST(ValidationTimesteps, AreThoseOfTheReference) {
    EXPECT_EQ(validation_timesteps({}), (std::array<std::int64_t, 4>{200, 400, 600, 800}));
    EXPECT_EQ(validation_timesteps({0, 100, 901}), (std::array<std::int64_t, 4>{260, 420, 580, 740}));
}

TEST(ValidationLoss, LeavesTheTrainingAsItIsWithoutIt) {
    const support::SmallJob small;
    for (const bool trains_text : {true, false}) {
        auto job = varied_job(small);
        job.adapter.train_text = trains_text;
        job.train.recompute = trains_text ? settings::Recompute::On : settings::Recompute::Off;
        job.output.folder += trains_text ? "/text" : "/unet";
        const auto without = run_of(job, "without"), with = run_of(validated(job, small), "with");
        EXPECT_EQ(with.lora, without.lora);
        EXPECT_EQ(with.losses, without.losses);
        EXPECT_TRUE(without.validations.empty());
        EXPECT_GE(with.validations.size(), 3U);
    }
}

// With buckets, random crops, other colours, mirrored images and masks; a stop in the middle of an epoch, and one where the
// validation loss is due.
TEST(ValidationLoss, StoppedInMidEpochAndResumedEqualsNeverStopped) {
    const support::SmallJob small;
    auto job = validated(varied_job(small), small);
    const auto whole = run_of(job, "whole");
    for (const std::int64_t stop : {2, 3, 7}) {
        const auto stopped = run_of(job, fmt::format("stop{}", stop), stop);
        EXPECT_EQ(stopped.lora, whole.lora) << stop;
        EXPECT_EQ(stopped.losses, whole.losses) << stop;
        EXPECT_EQ(stopped.validations, whole.validations) << stop;
    }
    job.data.workers = 4;
    const auto threads = run_of(job, "threads");
    EXPECT_EQ(threads.lora, whole.lora);
    EXPECT_EQ(threads.validations, whole.validations);
    job.data.random_crop = false;
    EXPECT_NE(run_of(job, "middle").lora, whole.lora);
}

TEST(ValidationLoss, IsComputedAsOftenAsThePlanSays) {
    const support::SmallJob small;
    auto job = small.job();
    job.sample.at_end = false;
    job.data.validation.share = 0.3;
    job.data.validation.every_epochs = 2;
    job.data.validation.every_steps = 3;
    job.train.epochs = 4;
    const auto told = run_of(job, "told");
    const auto found = data::scan(job.data, {});
    EXPECT_GE(found.held_out.size(), 1U);
    TrainingLength length;
    length.steps_per_epoch = (std::ssize(found.images) + 1) / 2;
    length.total_steps = 4 * length.steps_per_epoch;
    EXPECT_EQ(std::ssize(told.losses), length.total_steps);  // nothing that is held out is trained on
    EXPECT_EQ(std::ssize(told.validations), validations_of(job.data.validation, length));
    EXPECT_EQ(told.validations.back().first, length.total_steps);
    const auto again = run_of(job, "again");  // of cached latents
    EXPECT_EQ(again.validations, told.validations);
}

// Each image is measured by itself: others beside it leave its loss alone.
TEST(ValidationLoss, IsTheMeanOverImagesHoweverTheyAreBatched) {
    const support::SmallJob small;
    varied_job(small);  // makes the images
    auto job = validated(small.job(), small);
    job.train.epochs.reset();
    job.train.steps = 1;
    job.sample.at_end = false;
    const auto three = run_of(job, "three");
    job.data.subsets.pop_back();
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
        const auto alone = small.folder() / fmt::format("alone{}", i);
        std::filesystem::create_directory(alone);
        for (const auto* ending : {"png", "txt"})
            std::filesystem::copy(small.folder() / "held out" / fmt::format("v{}.{}", i, ending), alone);
        auto one = job;
        one.data.subsets.emplace_back().folder = alone.string();
        one.data.subsets[1].validation = true;
        sum += run_of(one, fmt::format("one{}", i)).validations.at(0).second;
    }
    EXPECT_NEAR(three.validations.at(0).second, sum / 3, 1e-4 * sum);
}

}  // namespace lorikeet::train
