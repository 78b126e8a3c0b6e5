#include "studio/run_launch.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "settings/toml.hpp"
#include "studio/process.hpp"
#include "studio/run_watch.hpp"
#include "support/small_job.hpp"
#include "support/soon.hpp"

namespace lorikeet::studio {
namespace {

using support::soon;

LaunchLook outcome_of(const LaunchedRun& launched) {
    soon([&] { return !lives(launched.output); });
    return look_at_launch(launched);
}

}  // namespace

TEST(RunLaunchSlow, TrainsInAProcessOfItsOwnToTheEnd) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 3;
    const auto launched = launch_training(job, Existing::Refuse, {small.folder(), {}});
    EXPECT_TRUE(launched.run_folder.is_absolute());
    RunWatch watch(launched.run_folder);
    ASSERT_TRUE(soon([&] {
        watch.poll();
        return watch.view().state == RunState::Finished;
    })) << look_at_launch(launched).said;
    EXPECT_EQ(watch.view().points.size(), 3u);
    EXPECT_EQ(outcome_of(launched).state, LaunchState::Ended);
    const auto again = last_launch(launched.run_folder);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->pid, launched.pid);
    EXPECT_THROW(launch_training(job, Existing::Refuse, {small.folder(), {}}), base::Error);
    const auto replaced = launch_training(job, Existing::Replace, {small.folder(), {}});
    EXPECT_EQ(outcome_of(replaced).state, LaunchState::Ended) << outcome_of(replaced).said;
}

TEST(RunLaunchSlow, AStartThatFailsAtOnceTellsWhyAndHow) {
    const support::SmallJob small;
    auto job = small.job();
    job.model.checkpoint = (small.folder() / "nothing.safetensors").string();
    const auto launched = launch_training(job, Existing::Refuse, {small.folder(), {}});
    const auto look = outcome_of(launched);
    EXPECT_EQ(look.state, LaunchState::Failed);
    EXPECT_EQ(look.cause.find("One problem to fix in the job"), 0u) << look.cause;
    EXPECT_NE(look.cause.find("nothing.safetensors"), std::string::npos) << look.said;
    // What never began is not in the way of the next start.
    job.model.checkpoint = small.job().model.checkpoint;
    job.train.steps = 1;
    const auto next = launch_training(job, Existing::Refuse, {small.folder(), {}});
    EXPECT_EQ(outcome_of(next).state, LaunchState::Ended) << outcome_of(next).said;
}

TEST(RunLaunchSlow, OfTwoStartsOfOneNameOneTrainsAndTheOtherSaysSo) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 30;
    const auto one = launch_training(job, Existing::Refuse, {small.folder(), {}});
    // The second launch may be refused here already, or by its own process.
    LaunchLook other;
    try {
        other = outcome_of(launch_training(job, Existing::Refuse, {small.folder(), {}}));
    } catch (const base::Error& error) {
        other.state = LaunchState::Failed;
        other.cause = error.what();
    }
    const auto first = outcome_of(one);
    EXPECT_NE(first.state == LaunchState::Failed, other.state == LaunchState::Failed)
        << first.said << other.said;
    RunWatch watch(one.run_folder);
    while (watch.poll().any || watch.pending()) {
    }
    EXPECT_EQ(watch.view().state, RunState::Finished);
    EXPECT_EQ(watch.view().points.size(), 30u);
}

TEST(RunLaunchSlow, ResumesWhatWasStopped) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 2000;
    const auto launched = launch_training(job, Existing::Refuse, {small.folder(), {}});
    RunWatch watch(launched.run_folder);
    ASSERT_TRUE(soon([&] {
        watch.poll();
        return watch.view().points.size() > 2;
    })) << look_at_launch(launched).said;
    EXPECT_EQ(look_at_launch(launched).state, LaunchState::Working);
    EXPECT_THROW(launch_resume(launched.run_folder, {}, {small.folder(), {}}), base::Error);
    ask_run(launched.run_folder, RunRequest::Stop);
    outcome_of(launched);
    watch.poll();
    ASSERT_EQ(watch.view().state, RunState::Stopped);
    const auto before = watch.view().points.size();
    const auto resumed = launch_resume(launched.run_folder, {}, {small.folder(), {}});
    ASSERT_TRUE(soon([&] {
        watch.poll();
        return watch.view().points.size() > before;
    })) << look_at_launch(resumed).said;
    ask_run(launched.run_folder, RunRequest::Stop);
    outcome_of(resumed);
}

TEST(RunLaunch, AFolderThatIsGoneIsNamedAndNotTheMemory) {
    const support::TempFolder folder;
    const auto launch = folder.path() / "launch";
    std::filesystem::create_directories(launch);
    const LaunchedRun launched{folder.path(), launch / "1.txt", 0};
    base::write_whole(launched.output, "");
    EXPECT_EQ(look_at_launch(launched).cause, "The training ended without a message.");
    std::filesystem::remove(launched.output);
    const auto look = look_at_launch(launched);
    EXPECT_EQ(look.state, LaunchState::Failed);
    EXPECT_EQ(look.cause, "The folder of this run was deleted during training.");
}

TEST(RunLaunch, NothingIsWrittenWhereSomethingElseLies) {
    const support::SmallJob small;
    const auto job = small.job();
    const auto folder = base::Path(job.output.folder) / job.output.name;
    std::filesystem::create_directories(folder);
    base::write_whole(folder / "photo.jpg", "precious");
    EXPECT_THROW(launch_training(job, Existing::Replace, {small.folder(), {}}), base::Error);
    EXPECT_FALSE(std::filesystem::exists(folder / "launch"));
    EXPECT_FALSE(last_launch(folder));
    EXPECT_THROW(launch_resume(folder, {}, {small.folder(), {}}), base::Error);
}

}  // namespace lorikeet::studio
