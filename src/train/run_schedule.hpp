// When a run saves, samples and warms up: asked by the loop after each step, and by the plan before the first, so that both
// tell the same.
//
// A step is one that has been done: 1 .. total_steps.
#pragma once

#include <cstdint>
#include <string>

#include "settings/job.hpp"
#include "train/training_length.hpp"

namespace lorikeet::train {

// Whether a LoRA is saved after this step; the finished one at the very end is another matter.
bool saves_lora_after(const settings::Output& output, const TrainingLength& length, std::int64_t step);
bool saves_state_after(const settings::Output& output, const TrainingLength& length, std::int64_t step);
// Samples on the way, where the job leaves it open: three times, but for short runs. 0: never.
std::int64_t steps_between_samples(const settings::Sample& sample, const TrainingLength& length);
// Those at the start and at the end are other matters.
bool samples_after(const settings::Sample& sample, const TrainingLength& length, std::int64_t step);
// Whether there are any in a run.
bool makes_samples(const settings::Sample& sample);

// Whether the validation loss is computed after this step, where images are held out: always after the last one.
bool validates_after(const settings::Validation& validation, const TrainingLength& length, std::int64_t step);

// The name of a LoRA saved on the way, after `step` steps.
std::string lora_name(const std::string& name, const TrainingLength& length, std::int64_t step);

// How many there are in a whole run: LoRA files that lie there at its end, images of samples, steps that warm up.
std::int64_t lora_files_of(const settings::Output& output, const TrainingLength& length);
std::int64_t samples_of(const settings::Sample& sample, const TrainingLength& length);
std::int64_t validations_of(const settings::Validation& validation, const TrainingLength& length);
std::int64_t warmup_steps_of(const settings::LrSchedule& schedule, const TrainingLength& length);

}  // namespace lorikeet::train
