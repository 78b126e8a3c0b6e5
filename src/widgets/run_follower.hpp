// Follows one run for a page: reads its directory on a thread and tells on the loop's thread what is new.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "studio/run_launch.hpp"
#include "studio/run_watch.hpp"
#include "widgets/background_task.hpp"

namespace lorikeet::widgets {

constexpr std::ptrdiff_t kNewestSamples = 8;  // these come as images by themselves
struct NewSample {
    studio::RunSample sample;
    std::string png;  // small; empty when it cannot be read, or is not among the newest
};
std::string small_sample(const base::Path& file);

// What one look found.
struct RunSnapshot {
    bool again = false;  // everything before is gone: another run lies there
    studio::RunState state = studio::RunState::CutOff;
    int pid = 0;
    studio::TrainStatus status;
    std::vector<studio::RunPoint> points;  // new ones, or those from a step on again after a resume
    std::vector<NewSample> samples;
    std::vector<studio::RunCheckpoint> checkpoints;  // new ones
    std::vector<std::string> warnings;
    std::optional<studio::RunAnswer> answer;
    std::optional<studio::RunEnd> end;
    std::int64_t state_step = -1;
    bool resumable = false;
    double changed = 0;
    double worked_s = 0;   // of all sessions, to the last event or, while it lives, to now
    double session_s = 0;  // of the last session
    bool folder_gone = false;
    std::string trouble;
    std::string result;                        // the newest LoRA; empty when there is none
    std::vector<std::string> log;              // the last lines
    std::optional<studio::LaunchLook> launch;  // of the process, while the run says nothing yet
};

class RunFollower {
  public:
    // Files that a run names are looked for below `working_folder` where they are not absolute.
    RunFollower(Loop& loop, base::Path working_folder, std::function<void(const RunSnapshot&)> told);
    ~RunFollower();

    void follow(const base::Path& run_folder, std::optional<studio::LaunchedRun> launched = {});
    void leave();
    void look();                                          // now, not at the next turn of the clock
    const base::Path& folder() const { return folder_; }  // empty: none

  private:
    struct Trail;
    static RunSnapshot snapshot(Trail& trail);

    Loop& loop_;
    base::Path working_folder_;
    std::function<void(const RunSnapshot&)> told_;
    base::Path folder_;
    std::shared_ptr<Trail> trail_;  // the task's thread alone, once it is followed
    BackgroundTask task_;
    std::unique_ptr<Timer> timer_;
};

}  // namespace lorikeet::widgets
