#include "train/checkpoint_writer.hpp"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "settings/toml.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

namespace fs = std::filesystem;

// A run whose folders are taken away and come back.
struct CheckpointWriterPlace {
    support::SmallJob small;
    settings::Job job = small.job();
    RunDir run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener;
    Session session{run, SessionStart::Fresh, listener, listener.cancel};
    RunSaver saver{job, run, session};
    CheckpointWriter writer{saver, session, run};
    Recipe recipe;
    TrainingLength length{.batches_per_epoch = 3, .steps_per_epoch = 3, .total_steps = 9, .accumulate = 1};

    CheckpointWriterPlace() : recipe(load_recipe(job)) {
        base::write_whole(run.job_file(), settings::write_job(job));  // as every run has it
        fit_trainee(recipe, job);
    }
    SaveNow now(std::int64_t step) {
        return {step, recipe, length, [step] {
                    State state;
                    state.step = step;
                    return state;
                }};
    }
    void take_away(const base::Path& folder) const {
        fs::remove_all(folder);
        base::write_whole(folder, "in the way");
    }
};

}  // namespace

TEST(CheckpointWriter, WhatCannotBeSavedIsSaidOnceAndTriedAgain) {
    CheckpointWriterPlace place;
    const auto folder = place.run.state_file().parent_path();
    EXPECT_EQ(place.writer.save_state(place.now(1)), "");
    EXPECT_EQ(place.writer.saved_step(), 1);
    place.take_away(folder);
    EXPECT_NE(place.writer.save_state(place.now(2)), "");
    EXPECT_NE(place.writer.save_state(place.now(3)), "");
    EXPECT_EQ(place.listener.of("warning").size(), 1U);
    EXPECT_EQ(place.writer.saved_step(), 1);
    fs::remove(folder);
    EXPECT_FALSE(place.writer.is_due()) << "not at once";
    for (int i = 0; i < 400 && !place.writer.is_due(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    place.writer.retry(place.now(4));
    EXPECT_EQ(place.writer.saved_step(), 4);
    EXPECT_FALSE(place.writer.is_due());
    EXPECT_NE(place.listener.said().find("could be saved now"), std::string::npos) << place.listener.said();
}

TEST(CheckpointWriter, AStateThatHasNoPlaceWhenItStopsLiesElsewhereAndThatIsTold) {
    CheckpointWriterPlace place;
    place.take_away(place.run.state_file().parent_path());
    try {
        place.writer.save_stopped(place.now(5));
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        const auto file = fs::canonical(place.run.path()) / "bird-state.safetensors";
        EXPECT_NE(std::string(error.what()).find(file.string()), std::string::npos) << error.what();
        EXPECT_EQ(load_state(file).step, 5);
    }
}

}  // namespace lorikeet::train
