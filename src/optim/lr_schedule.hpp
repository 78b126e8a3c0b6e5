// How the learning rate rises and falls over a run.
//
// Source   get_scheduler of diffusers: constant_with_warmup, linear, cosine (half a cosine down to 0).
// Golden   tests/golden/lr_schedule.safetensors
#pragma once

#include <cstdint>

#include "settings/optim.hpp"

namespace lorikeet::optim {

// warmup below 1 is a share of all steps (rounded down), from 1 on a number of steps.
std::int64_t warmup_steps(const settings::LrSchedule& schedule, std::int64_t total_steps);

// What to multiply every learning rate by in optimizer step `step`, counted from 0. With a warm-up the first
// step has rate 0, as in the reference.
double rate_at(const settings::LrSchedule& schedule, std::int64_t step, std::int64_t total_steps);

// Whether a run that stands at `step` may be given another end: neither is its rate still rising towards a share of that
// end, nor does it fall towards the one that was planned.
bool can_be_stretched(const settings::LrSchedule& schedule, std::int64_t step, std::int64_t total_steps);

}  // namespace lorikeet::optim
