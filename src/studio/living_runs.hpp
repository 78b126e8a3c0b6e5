// The trainings that run on this machine for this user, asked of the processes themselves: each keeps a record locked as
// long as it lives, outside of its run directory. So a run is found and can be stopped whatever became of its folder,
// and wherever it was started: another working folder, another notebook, the command line.
//
// A machine runs one training at a time unless it is told otherwise (`Others::Allow`, --also).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct LivingRun {
    std::string name;
    base::Path folder;  // of the run, absolute, as it was when the run began
    int pid = 0;
    double began = 0;          // unix seconds
    base::Path record;         // without ending; empty for a run that is known by its folder's lock alone
    bool folder_gone = false;  // it was deleted or moved
};

// The longest running first. Records that cannot be read hold none; nothing is changed by asking.
std::vector<LivingRun> living_runs();
// The one that works in this folder, or did until the folder was deleted.
std::optional<LivingRun> living_run_in(const base::Path& run_folder);

// Asks it to finish its step, save and stop: through its run directory, or by a signal where that is gone.
// Throws   Error{Conflict} when it has ended, or was asked by a signal before (a second one would end it without saving).
void stop_living(const LivingRun& run);

enum class Others { Refuse, Allow };
// Throws   Error{Conflict} that names what runs.
void expect_no_other_run();

// This process's own record, gone when the process or the object goes.
class RunRecord {
  public:
    // Two that begin at once do not both find the machine free.  Throws what expect_no_other_run throws.
    RunRecord(const base::Path& run_folder, Others others);
    ~RunRecord();
    RunRecord(const RunRecord&) = delete;
    RunRecord& operator=(const RunRecord&) = delete;

    // Why there is no record, or why another start may be missed; a sentence, empty when all is well. Never a reason not
    // to train.
    const std::string& trouble() const { return trouble_; }

  private:
    void write(const base::Path& folder, const base::Path& run_folder);

    base::Path record_;
    std::optional<base::FileLock> lock_;
    std::string trouble_;
};

// $LORIKEET_RUNNING_FOLDER, else $XDG_CACHE_HOME/lorikeet/running, else ~/.cache/lorikeet/running.
base::Path records_folder();

}  // namespace lorikeet::studio
