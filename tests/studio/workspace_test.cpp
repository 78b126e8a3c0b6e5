#include "studio/workspace.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {
namespace {

// A folder of runs that goes when the test does.
class Workspace : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("lorikeet-workspace-" +
                   std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    train::RunDir make_run(const std::string& name, const std::string& events) const {
        auto run = train::RunDir::create(folder_, name, train::RunDir::Existing::Refuse);
        base::write_whole(run.job_file(), "");
        base::write_whole(run.events_file(), events);
        return run;
    }

    base::Path folder_;
};

const std::string kTraining =
    "{\"time\":100,\"kind\":\"phase\",\"name\":\"training\"}\n"
    "{\"time\":101,\"kind\":\"metrics\",\"step\":7,\"total_steps\":30,\"smoothed_loss\":0.25}\n";

std::string ended(const std::string& reason, int step) {
    return "{\"time\":103,\"kind\":\"end\",\"reason\":\"" + reason + "\",\"step\":" + std::to_string(step) +
           ",\"file\":\"a.safetensors\"}\n";
}

}  // namespace

TEST_F(Workspace, AnAbsentFolderHoldsNoRuns) { EXPECT_TRUE(list_runs(folder_).empty()); }

TEST_F(Workspace, ARunThatEndedWithoutAWordWasCutOff) {
    make_run("bird", kTraining);
    const auto run = summary_of(folder_ / "bird");
    EXPECT_EQ(run.state, RunState::CutOff);
    EXPECT_EQ(run.step, 7);
    EXPECT_EQ(run.total_steps, 30);
    EXPECT_EQ(run.loss, 0.25);
}

TEST_F(Workspace, LookingMakesNothing) {
    std::filesystem::create_directories(folder_ / "bird");
    base::write_whole(folder_ / "bird" / "job.toml", "");
    EXPECT_EQ(list_runs(folder_).size(), 1U);
    summary_of(folder_ / "bird");
    EXPECT_THROW(ask_run(folder_ / "bird", RunRequest::Stop), base::Error);
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
        ++entries;
    EXPECT_EQ(entries, 2U) << "the run and its job";
}

TEST_F(Workspace, ALineCutInTheMiddleIsPassedOver) {
    make_run("bird", kTraining + "{\"time\":102,\"kind\":\"metr");
    EXPECT_EQ(summary_of(folder_ / "bird").step, 7);
}

TEST_F(Workspace, AFinishedRunTellsItsResult) {
    make_run("bird", kTraining + ended("finished", 30));
    const auto run = summary_of(folder_ / "bird");
    EXPECT_EQ(run.state, RunState::Finished);
    EXPECT_EQ(run.result, "a.safetensors");
    EXPECT_EQ(run.step, 30);
}

TEST_F(Workspace, AHeldRunIsRunning) {
    const auto dir = make_run("bird", kTraining + ended("stopped", 7));
    EXPECT_EQ(summary_of(folder_ / "bird").state, RunState::Stopped);
    const auto lock = dir.lock();
    EXPECT_EQ(summary_of(folder_ / "bird").state, RunState::Running);
    EXPECT_NE(summary_of(folder_ / "bird").pid, 0);
}

TEST_F(Workspace, ALongHistoryIsReadFromItsEnd) {
    std::string events;
    for (int step = 1; step <= 5000; ++step)
        events += "{\"time\":1,\"kind\":\"metrics\",\"step\":" + std::to_string(step) +
                  ",\"total_steps\":9000,\"padding\":\"" + std::string(60, 'x') + "\"}\n";
    make_run("bird", events);
    EXPECT_EQ(summary_of(folder_ / "bird").step, 5000);
}

TEST_F(Workspace, TheLastActiveRunComesFirst) {
    make_run("old", "{\"time\":100,\"kind\":\"phase\",\"name\":\"loading\"}\n");
    make_run("young", "{\"time\":200,\"kind\":\"phase\",\"name\":\"loading\"}\n");
    const auto runs = list_runs(folder_);
    ASSERT_EQ(runs.size(), 2u);
    EXPECT_EQ(runs[0].name, "young");
}

TEST_F(Workspace, ARunIsFoundByNameAndByPath) {
    make_run("bird", "");
    EXPECT_EQ(find_run("bird", folder_), folder_ / "bird");
    EXPECT_EQ(find_run((folder_ / "bird").string(), "elsewhere"), folder_ / "bird");
}

TEST_F(Workspace, AMistypedRunIsAnsweredWithTheNearest) {
    make_run("lorikeet", "");
    try {
        find_run("loriket", folder_);
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
        EXPECT_EQ(error.hint(), "Did you mean lorikeet?");
    }
}

TEST_F(Workspace, OnlyALivingRunIsAsked) {
    const auto dir = make_run("bird", "");
    EXPECT_THROW(ask_run(folder_ / "bird", RunRequest::Stop), base::Error);
    const auto lock = dir.lock();
    ask_run(folder_ / "bird", RunRequest::Save);
    EXPECT_EQ(dir.take_requests(), std::vector<train::Request>{train::Request::Save});
}

TEST_F(Workspace, TheNextNameIsFree) {
    EXPECT_EQ(next_free_name(folder_, "bird"), "bird_v2");
    make_run("bird_v2", "");
    EXPECT_EQ(next_free_name(folder_, "bird"), "bird_v3");
    EXPECT_EQ(next_free_name(folder_, "bird_v2"), "bird_v3");
    EXPECT_EQ(next_free_name(folder_, "bird_vv"), "bird_vv_v2");
}

}  // namespace lorikeet::studio
