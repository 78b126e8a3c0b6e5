// Follows one run from outside, through its directory alone: each poll reads what was written since the last one, so a
// run of a hundred thousand steps costs no more than what is new. Never throws for what lies in the directory: a run that
// is half written, cut off, of a newer version or gone is shown as what it is.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "studio/event_tail.hpp"
#include "studio/train_status.hpp"
#include "studio/workspace.hpp"

namespace lorikeet::studio {

// One optimizer step. What an event does not tell is NaN.
struct RunPoint {
    std::int64_t step = 0;
    double loss = 0, smoothed_loss = 0;
    double lr = 0, lr_text = 0;
    double seconds_per_step = 0;
    double memory_bytes = 0;
    double validation_loss =
        std::numeric_limits<double>::quiet_NaN();  // where it was computed after this step
};
struct RunSample {
    base::Path file;  // where it lies now, also when the whole run was moved
    std::string prompt;
    std::int64_t step = 0;
};
struct RunCheckpoint {
    base::Path file;
    std::int64_t step = 0;
};
// What a run says to a request: that it heard it, and what came of it.
struct RunAnswer {
    std::string request, answer;  // "stop", "save", "sample"; "heard", "done", "dropped"
    std::string text;
    std::int64_t number = 0;  // tells it from the one before
};
struct RunEnd {
    RunState state = RunState::CutOff;  // Finished, Stopped, Failed, CutOff
    std::string text, hint;
    std::int64_t step = 0;
    base::Path file;      // the finished LoRA; empty when there is none
    std::string unsaved;  // what a stop could not save: "its LoRA"; empty when all is
};

// All that is known of the run by now.
struct RunView {
    RunState state = RunState::CutOff;
    int pid = 0;                   // of the living process
    TrainStatus status;            // its clock is unix seconds
    std::vector<RunPoint> points;  // by step, each once: the later line counts
    std::vector<RunSample> samples;
    std::vector<RunCheckpoint> checkpoints;
    std::vector<std::string> warnings;
    std::optional<RunAnswer> answer;  // the last one of this session
    std::optional<RunEnd> end;        // of the last session; unset while it lives
    std::int64_t state_step = -1;     // where it would be resumed; -1: nothing saved yet
    bool resumable = false;
    double changed = 0;  // unix seconds of the last event
    // The time that was worked: the sessions before this one, and when this one (or the last) began. What lies between two
    // sessions does not count.
    double earlier_s = 0;
    double session_began = 0;
    double worked_s(double until) const;
    bool folder_gone = false;  // a process still works, and its folder was deleted or moved
    std::string trouble;       // what is wrong with the directory itself, a sentence; empty when nothing is
};

// What a poll found.
struct RunNews {
    bool any = false;
    bool replaced = false;                   // another run lies there now: everything began again
    std::optional<std::size_t> points_from;  // points from this index on are new or other than before
    std::size_t samples_from = 0, checkpoints_from = 0, warnings_from = 0;  // those from here on are new
};

class RunWatch {
  public:
    explicit RunWatch(base::Path run_folder);
    // Reads at most some megabytes; `any` with more waiting is told by pending().
    RunNews poll();
    bool pending() const { return pending_; }
    const RunView& view() const { return view_; }
    const base::Path& folder() const { return folder_; }
    // The last lines of log.txt.
    std::vector<std::string> log_lines(std::size_t count) const;

  private:
    void take(const base::Event& event, RunNews& news);
    void take_time(const base::Event& event);
    void take_metrics(const base::Event& event, RunNews& news);
    void take_validation(const base::Event& event, RunNews& news);
    void judge(RunNews& news);

    base::Path folder_;
    LineTail tail_;
    RunView view_;
    bool emptied_ = false;  // what was there is gone, and nothing else came yet
    std::int64_t answers_ = 0;
    bool tells_sessions_ = false;  // older versions do not
    std::size_t strange_ = 0;
    bool pending_ = false;
};

}  // namespace lorikeet::studio
