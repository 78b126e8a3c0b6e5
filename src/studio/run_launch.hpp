// Starts a training as a process of its own. The run directory is all that connects the two: what the process says
// before its run begins lies in `launch/` inside it.
//
// Throws   Error{Conflict} when a run is in the way, a process works there, or another training runs on this machine; Error{NotFound} for a folder that is no
//          run; Error{Io}, Error{NoSpace} when nothing can be written there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "settings/job.hpp"
#include "studio/run_extend.hpp"
#include "studio/train_desk.hpp"

namespace lorikeet::studio {

struct LaunchPlace {
    base::Path working_folder;  // relative paths of the job start here; empty: here
    base::Path program;         // empty: own_program()
};

struct LaunchedRun {
    base::Path run_folder;  // absolute
    base::Path output;      // what the process says
    int pid = 0;
};

// Both return as soon as the process runs; what becomes of it is told by look_at_launch and by the run directory.
LaunchedRun launch_training(const settings::Job& job, Existing existing, const LaunchPlace& place);

// `further` is what extend() takes.
LaunchedRun launch_resume(const base::Path& run_folder, const FurtherThan& further, const LaunchPlace& place);

enum class LaunchState {
    Starting,
    Working,
    Ended,
    Failed
};  // Failed: ended before its run began, or with an error
struct LaunchLook {
    LaunchState state = LaunchState::Starting;
    std::string cause, hint;  // of a failure
    std::string said;         // the end of what the process wrote, for the fold
};
LaunchLook look_at_launch(const LaunchedRun& launched);

// The latest launch of a run, found again after a restart of the kernel; nothing when it was never launched.
std::optional<LaunchedRun> last_launch(const base::Path& run_folder);

}  // namespace lorikeet::studio
