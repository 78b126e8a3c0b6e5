#include "studio/living_runs.hpp"

#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "studio/run_launch.hpp"
#include "studio/run_watch.hpp"
#include "studio/workspace.hpp"
#include "support/small_job.hpp"
#include "support/soon.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {
namespace {

using support::soon;
namespace fs = std::filesystem;

// A training of its own process that goes on until it is stopped.
struct LongRun {
    LongRun() {
        auto job = small.job();
        job.train.steps = 100'000;
        launched = launch_training(job, Existing::Refuse, {small.folder(), {}});
    }
    ~LongRun() {
        if (!living_runs().empty()) ::kill(launched.pid, SIGKILL);
    }
    bool trains() const {
        return soon([&] {
            RunWatch watch(launched.run_folder);
            watch.poll();
            return watch.view().status.step > 0;
        });
    }
    support::SmallJob small;
    LaunchedRun launched;
};

// When a process began, as /proc has it: field 22.
std::string start_of_process(int pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string word;
    for (int field = 0; field < 22; ++field) stat >> word;
    return word;
}

// A record as another process would have written it, with a start of its own.
LivingRun record_in(const base::Path& folder, int pid, const std::string& start) {
    LivingRun run;
    run.name = "bird";
    run.folder = folder / "gone";
    run.pid = pid;
    run.record = folder / "record";
    std::ofstream(run.record.string() + ".json") << R"({"start":)" << start << "}";
    return run;
}

}  // namespace

TEST(LivingRuns, ARecordIsThereAsLongAsItsRunAndNoLonger) {
    const support::TempFolder folder;
    EXPECT_TRUE(living_runs().empty());
    {
        const RunRecord record(folder.path() / "bird", Others::Refuse);
        EXPECT_EQ(record.trouble(), "");
        const auto runs = living_runs();
        ASSERT_EQ(runs.size(), 1U);
        EXPECT_EQ(runs[0].name, "bird");
        EXPECT_EQ(runs[0].folder, folder.path() / "bird");
        EXPECT_EQ(runs[0].pid, ::getpid());
        EXPECT_TRUE(runs[0].folder_gone) << "it was not made yet";
        EXPECT_TRUE(living_run_in(folder.path() / "bird"));
        EXPECT_FALSE(living_run_in(folder.path() / "dog"));
    }
    EXPECT_TRUE(living_runs().empty());
}

TEST(LivingRuns, ASecondRunIsRefusedUnlessItIsAskedFor) {
    const support::TempFolder folder;
    const RunRecord one(folder.path() / "bird", Others::Refuse);
    try {
        const RunRecord two(folder.path() / "dog", Others::Refuse);
        FAIL() << "two at once";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_NE(std::string(error.what()).find("bird is training on this machine"), std::string::npos);
        EXPECT_NE(error.hint().find("--also"), std::string::npos);
    }
    const RunRecord beside(folder.path() / "dog", Others::Allow);
    EXPECT_EQ(living_runs().size(), 2U);
}

TEST(LivingRuns, WhatAKilledProcessOrAnotherBootLeftIsNoRun) {
    const support::TempFolder folder;
    fs::create_directories(records_folder());
    std::ofstream(records_folder() / "1-1.json")
        << R"({"name":"old","folder":"/x","pid":1,"began":1,"boot":"other"})";
    std::ofstream(records_folder() / "1-1.lock") << "1\n";
    std::ofstream(records_folder() / "2-1.json") << "half a li";
    const auto held = base::FileLock::try_take(records_folder() / "2-1.lock");
    const auto other_boot = base::FileLock::try_take(records_folder() / "1-1.lock");
    EXPECT_TRUE(living_runs().empty());
}

TEST(LivingRuns, ARecordTakesNoNameThatAnotherProcessOfThisNumberMayHave) {
    const support::TempFolder folder;
    fs::create_directories(records_folder());
    std::vector<base::FileLock> held;  // as of a container or a host that shares the folder
    const auto stem = [](int n) {
        return records_folder() / (std::to_string(::getpid()) + "-" + std::to_string(n));
    };
    for (int n = 1; n <= 50; ++n) {
        held.push_back(base::FileLock::try_take(stem(n).string() + ".lock").value());
        std::ofstream(stem(n).string() + ".json") << "theirs";
    }
    const RunRecord record(folder.path() / "bird", Others::Refuse);
    EXPECT_EQ(record.trouble(), "");
    for (int n = 1; n <= 50; ++n) {
        std::string text;
        std::ifstream(stem(n).string() + ".json") >> text;
        EXPECT_EQ(text, "theirs") << n;
    }
    EXPECT_EQ(living_runs().size(), 1U);
}

TEST(LivingRuns, RecordsThatStayLockedAreLeftAloneAndThatIsSaid) {
    const support::TempFolder folder;
    fs::create_directories(records_folder());
    const auto old = records_folder() / "3-1.lock";
    std::ofstream(old) << "3\n";
    {
        const auto held = base::FileLock::try_take(records_folder() / "records.lock");
        const RunRecord record(folder.path() / "bird", Others::Refuse);
        EXPECT_NE(record.trouble().find("records.lock"), std::string::npos) << record.trouble();
        EXPECT_TRUE(fs::exists(old));
        EXPECT_EQ(living_runs().size(), 1U) << "it is seen all the same";
    }
    const RunRecord record(folder.path() / "bird", Others::Refuse);
    EXPECT_EQ(record.trouble(), "");
    EXPECT_FALSE(fs::exists(old));
}

TEST(LivingRuns, AWorkingFolderThatIsGoneIsNoReasonNotToTrain) {
    const auto before = fs::current_path();
    std::optional<support::TempFolder> folder(std::in_place);
    fs::current_path(folder->path());
    folder.reset();
    EXPECT_NO_THROW(const RunRecord record("bird", Others::Refuse));
    EXPECT_NO_THROW(living_run_in("bird"));
    fs::current_path(before);
}

TEST(LivingRuns, ARecordWithoutItsStartIsNotStopped) {
    const support::TempFolder folder;
    const auto run = record_in(folder.path(), ::getpid(), "5");
    const auto held = base::FileLock::try_take(run.record.string() + ".lock");
    EXPECT_THROW(stop_living(run), base::Error);
}

TEST(LivingRuns, AProcessThatCouldNotBeAskedWasNotAsked) {
    if (::getuid() != 0) GTEST_SKIP() << "only root can become somebody else";
    const support::TempFolder folder;
    fs::permissions(folder.path(), fs::perms::all);
    const int child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    const auto run = record_in(folder.path(), child, '"' + start_of_process(child) + '"');
    const auto held = base::FileLock::try_take(run.record.string() + ".lock");
    constexpr uid_t kNobody = 65534;
    std::vector<std::string> said;
    ASSERT_EQ(::setresuid(kNobody, kNobody, 0), 0);
    for (int i = 0; i < 2; ++i) try {
            stop_living(run);
        } catch (const base::Error& error) {
            said.emplace_back(error.what());
        }
    ASSERT_EQ(::setresuid(0, 0, 0), 0);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ASSERT_EQ(said.size(), 2U);
    for (const auto& sentence : said)
        EXPECT_NE(sentence.find("cannot be stopped from here"), std::string::npos) << sentence;
}

TEST(LivingRuns, ARecordThatCannotBeWrittenStopsNothing) {
    const support::TempFolder folder;
    const auto before = records_folder();
    ::setenv("LORIKEET_RUNNING_FOLDER", "/dev/null/running", 1);
    const RunRecord record(folder.path() / "bird", Others::Refuse);
    EXPECT_NE(record.trouble(), "");
    ::setenv("LORIKEET_RUNNING_FOLDER", before.c_str(), 1);
}

TEST(LivingRunsSlow, ATrainingWhoseFolderWasDeletedIsFoundAndStopped) {
    const LongRun run;
    ASSERT_TRUE(run.trains());
    ASSERT_EQ(living_runs().size(), 1U);
    EXPECT_FALSE(living_runs()[0].folder_gone);
    fs::rename(run.launched.run_folder, run.small.folder() / "moved away");
    fs::remove_all(run.small.folder() / "moved away");
    RunWatch watch(run.launched.run_folder);
    watch.poll();
    EXPECT_EQ(watch.view().state, RunState::Running);
    EXPECT_EQ(watch.view().pid, run.launched.pid);
    EXPECT_TRUE(watch.view().folder_gone);
    EXPECT_EQ(find_run("bird", run.small.folder()), run.launched.run_folder) << "from any working folder";
    EXPECT_THROW(ask_run(run.launched.run_folder, RunRequest::Save), base::Error);
    auto again = run.small.job();
    again.output.name = "dog";
    EXPECT_THROW(launch_training(again, Existing::Refuse, {run.small.folder(), {}}), base::Error);
    ask_run(run.launched.run_folder, RunRequest::Stop);
    EXPECT_TRUE(soon([] { return living_runs().empty(); }));
}

TEST(LivingRunsSlow, AProcessThatWasAskedBySignalIsNotAskedTwice) {
    const LongRun run;
    ASSERT_TRUE(run.trains());
    auto record = living_runs().at(0);
    record.folder = run.small.folder() / "elsewhere";  // as if it had been moved
    ::kill(record.pid, SIGSTOP);
    stop_living(record);
    EXPECT_THROW(stop_living(record), base::Error);
    ::kill(record.pid, SIGCONT);
    EXPECT_TRUE(soon([] { return living_runs().empty(); }));
    RunWatch watch(run.launched.run_folder);
    EXPECT_TRUE(soon([&] {
        watch.poll();
        return watch.view().state == RunState::Stopped;
    })) << "its step was finished, and all was saved";
    EXPECT_THROW(stop_living(record), base::Error) << "it has ended";
}

}  // namespace lorikeet::studio
