// The one place where the open project is looked up. Whoever trains, lists runs or shows the notebook enters it first; a
// process enters once, from the folder that it was started in.
#pragma once

#include <optional>
#include <string_view>

#include "base/file.hpp"
#include "settings/job.hpp"

namespace lorikeet::studio {

// Makes the open project's folder this process's working folder, and returns it; does nothing where none is open. Relative
// paths of jobs, runs and outputs then start there.
// Throws   Error{Io} when the folder may not be entered; Error{Conflict} when one was open and it cannot be told which, or it
//          is gone: nobody trains in another folder than he thinks.
std::optional<base::Path> enter_open_project();

// The same in a process that lives on while a person opens another project, or closes it: the working folder of this process
// is the open project's from here on, or the workspace itself. Threads that use relative paths must have ended.
base::Path enter_project_of(const base::Path& workspace);

// The working folder before a project was entered; empty when none was. What projects share lies there.
base::Path workspace_of_entered();

// A run as find_run finds it: a path is one of where it was typed; a name is looked for in the open project, which is
// entered then.
base::Path find_run_here(std::string_view name_or_path);

// What a job reads and what is not in the project is taken from the workspace where it lies there: its models, a LoRA to
// start from, folders of images.
void take_shared_inputs(settings::Job& job);

}  // namespace lorikeet::studio
