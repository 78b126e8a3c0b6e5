// The runs in a folder: which there are, how they stand, and what can be asked of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

enum class RunState { Running, Finished, Stopped, Failed, CutOff };  // CutOff: it ended without a word
std::string_view words_for(RunState state);
RunState state_after(std::string_view reason);  // of an event "end"

struct RunSummary {
    std::string name;
    base::Path folder;
    RunState state = RunState::CutOff;
    int pid = 0;  // of the living process; 0 when there is none
    std::string phase;
    std::int64_t step = 0;
    std::int64_t total_steps = 0;
    std::optional<double> loss;  // smoothed
    std::optional<double> eta_seconds;
    std::string result;   // the last finished file, empty when there is none
    std::string trouble;  // why it failed
    double changed = 0;   // seconds since 1970 of the last event
    bool resumable = false;
};

// Changes nothing.  Throws Error{NotFound} for a folder that is no run.
RunSummary summary_of(const base::Path& run_folder);

// Every run below the folder, the last active first. An absent folder holds none.
std::vector<RunSummary> list_runs(const base::Path& runs_folder);

// A run by its path, by its name below the folder, or by the name of one that goes on anywhere on this machine.
// Throws Error{NotFound} with the nearest name or the ones there are.
base::Path find_run(std::string_view name_or_path, const base::Path& runs_folder = "runs");

enum class RunRequest { Stop, Save, Sample };
// Leaves the request for a living run; Stop reaches it also when its folder was deleted.
// Throws Error{Conflict} when no process works on it, or when nothing can be saved because its folder is gone.
void ask_run(const base::Path& run_folder, RunRequest request);

// "bird" -> "bird_v2", "bird_v2" -> "bird_v3": the first that is free in the folder.
std::string next_free_name(const base::Path& runs_folder, std::string_view name);

}  // namespace lorikeet::studio
