// All that comes before the first step: images looked at, the model loaded, latents and captions kept.
//
// Throws   what its parts throw; Error{Interrupted}.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/cache_lock.hpp"
#include "data/loader.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/out_of_memory_retry.hpp"
#include "train/recipe.hpp"
#include "train/run_phases.hpp"
#include "train/run_saver.hpp"
#include "train/session.hpp"
#include "train/training_length.hpp"
#include "train/validation_loss.hpp"

namespace lorikeet::train {

// Where the run is worked out. A GPU that is there and cannot be used is worth a word: nobody wants to find out by the time
// a run takes.
at::Device device_for_work(const settings::Job& job, Session& session);

struct Setup {
    std::vector<data::DatasetImage> images, held_out;
    RunPhases phases;
    Recipe recipe;  // its adapter is not fitted yet
    std::unique_ptr<data::Loader> loader;
    std::unique_ptr<ValidationLoss> validation;  // none where no image is held out
    TrainingLength length;
    std::vector<data::CacheLock> held_caches;
    StepPlan plan;  // what the memory suffices for, by the forecast
};
// The images, and with them the phases.
Setup begin_setup(const settings::Job& job, Session& session, RunSaver& saver);
// What one of the phases before Fit adds; nothing for others.
void set_up(Setup& setup, Phase phase, const settings::Job& job, Session& session, RunSaver& saver);

// How a resume is told where files lie that the job names and that are not there, a sentence; empty when all are.
std::string where_moved(const settings::Job& job, const RunDir& run);

}  // namespace lorikeet::train
