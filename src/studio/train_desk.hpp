// A training run from the outside: what it would do, said before it starts, and its start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/file.hpp"
#include "settings/assign.hpp"
#include "settings/job.hpp"
#include "studio/caption_shown.hpp"
#include "studio/estimate.hpp"
#include "studio/existing_output.hpp"
#include "studio/living_runs.hpp"
#include "studio/pace.hpp"
#include "studio/trained_sizes.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

// What becomes of a run of the same name that is there.
using Existing = train::RunDir::Existing;

struct Plan {
    settings::Job job;   // with what was left open chosen
    std::string choice;  // one sentence of what was, and why; empty when nothing was left open
    base::Path run_folder;
    std::optional<ExistingOutput> existing;
    base::Path checkpoint;
    RunLength length;
    std::int64_t validations = 0;  // how often the validation loss is computed
    std::vector<TrainedSize> sizes;
    std::int64_t captions_missing = 0;
    std::vector<CaptionShown> captions;   // the first three
    std::vector<base::Problem> left_out;  // images that will not be trained on, and why
    std::int64_t warmup_steps = 0;
    std::int64_t adapters = 0;  // modules that get one
    std::string
        ranks;  // what follows "60 layers" where a file to start from decides: " of rank 4, alpha 2"; else empty
    std::string file;  // the finished LoRA that will be written
    std::vector<std::string>
        files;                 // every LoRA that will be written, the finished one last; at most a hundred
    std::int64_t samples = 0;  // images that will be generated
    std::string precision;     // in which numbers it computes, and why; unset: the device is not there
    std::optional<PaceEstimate> pace;      // unset: no run like this was measured here
    double seconds = 0;                    // of all steps and samples at that pace
    std::optional<MemoryEstimate> memory;  // unset: other problems come first
    DiskEstimate disk;
    std::uint64_t disk_free = 0;
    std::vector<std::string> warnings;        // what will most likely spoil the LoRA; it stops nothing
    std::vector<std::string> notes;           // news worth a line that stop nothing
    std::vector<settings::Assignment> fixes;  // what would follow the advice of notes
    std::vector<base::Problem> problems;      // what keeps the run from starting; all of it
};

// Looks at everything and changes nothing. Problems come back in the plan; only a stop throws. Unset: a run of that name is
// told in `existing` alone, and no problem is made of it.
Plan plan(const settings::Job& job, std::optional<Existing> existing, const base::Cancel& cancel);

struct TrainResult {
    base::Path run_folder;
    base::Path file;  // the finished LoRA; empty when stopped before there was one
    std::int64_t step = 0;
    bool stopped = false;  // by request, all saved
};

// Runs in this process until done or asked to stop. The sink hears what the run directory hears.
// Throws what train::train throws; Error{Conflict} for others that run and may not, before anything is changed.
TrainResult train(const settings::Job& job, Existing existing, base::EventSink& sink, base::Cancel& cancel,
                  Others others = Others::Allow);

// How a run is resumed otherwise than it was begun.
struct ResumeWith {
    std::vector<settings::Assignment> changes;  // to its settings, such as where its images lie now
    bool accept_changes = false;  // what differs from what it was begun with is gone on with, and recorded
    Others others = Others::Allow;
};
// Goes on where the state of a run stands, with the settings of its own job.toml. Changes are written there once nothing
// stands against them.
TrainResult resume(const base::Path& run_folder, base::EventSink& sink, base::Cancel& cancel,
                   const ResumeWith& with = {});

}  // namespace lorikeet::studio
