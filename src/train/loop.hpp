// A whole run: images and model in, what was trained out, told to the run directory and to whoever listens.
//
// Stops politely, between two steps with its state saved, when `cancel` or the run's control file asks for it; before the first
// step, at once. Whatever ends it otherwise, what is done is saved where that can be. A run that
// was stopped or killed and is resumed gives, bit for bit on the CPU, what a run never stopped gives.
// Throws   Error{NotFinite} for a loss or gradient that is not a number, naming step and images; nothing is saved then.
//          Error{Conflict} when a run is resumed with settings that change the result; whatever its parts throw.
#pragma once

#include <cstdint>

#include "base/cancel.hpp"
#include "base/event.hpp"
#include "settings/job.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::train {

// ResumeAsItIs: what differs from what the run was begun with is accepted and recorded, not refused.
enum class Start { Fresh, Resume, ResumeAsItIs };

struct Outcome {
    enum class End { Finished, Stopped };
    End end = End::Finished;
    std::int64_t step = 0;
    base::Path lora;  // empty when there is none so far
};

// Writes events to the run directory and to `listener`, and holds the run's lock while it works.
Outcome train(const settings::Job& job, const RunDir& run, Start start, base::EventSink& listener,
              const base::Cancel& cancel);

}  // namespace lorikeet::train
