// What a job leaves open, chosen from the model and the images: the one place where that is done.
//
// What the job says is never changed. The numbers are those that train well: for Stable Diffusion 1.x and SDXL the usual
// ones of their trainers, for a small model those of the demo, which learns a subject from twelve images.
#pragma once

#include <string>

#include "base/cancel.hpp"
#include "models/spec.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// All but the length of the run: size, batch, rank, alpha, learning rates and the cleaning of texts. text_lr stays open beside an lr that is
// given, and follows it.
settings::Job choose_for_model(settings::Job job, const models::Spec& spec);

// Neither epochs nor steps are given: the images are counted.
// A run that was begun before there were buckets trains all its images at one size until its end. Such a job knows no step
// of buckets, which is always chosen when a run begins. One that was begun before texts were cleaned goes on without, and is
// known by a cleaning that is left open.
settings::Job as_begun(settings::Job job);

bool leaves_length_open(const settings::Job& job);

// Of a job that choose_for_model has seen. Left alone where epochs or steps are given.
settings::Job choose_length(settings::Job job, const models::Spec& spec, std::int64_t images);

// One sentence of what `chosen` says where `job` left it open, and why; empty when the job said all.
std::string words_of_choice(const settings::Job& job, const settings::Job& chosen, const models::Spec& spec,
                            std::int64_t images);

struct ChosenJob {
    settings::Job job;
    std::string words;
};
// All of it, from the header of the checkpoint and, where the length is open, a count of the images.
// Throws   what reading them throws; what keeps images from being read.
ChosenJob choose(const settings::Job& job, const base::Cancel& cancel);

}  // namespace lorikeet::train
