// How far a run goes: images, batches, optimizer steps, epochs.
#pragma once

#include <cstdint>

#include "settings/job.hpp"

namespace lorikeet::train {

// One optimizer step gathers `accumulate` batches; the last one of an epoch takes what is left, so an epoch is always
// whole. Steps are counted from 0.
struct TrainingLength {
    std::int64_t batches_per_epoch = 0;
    std::int64_t steps_per_epoch = 0;
    std::int64_t total_steps = 0;
    std::int64_t accumulate = 1;

    std::int64_t epoch_of(std::int64_t step) const { return step / steps_per_epoch; }
    // Begun; 0 where nothing is known yet.
    std::int64_t epochs() const {
        return steps_per_epoch > 0 ? (total_steps + steps_per_epoch - 1) / steps_per_epoch : 0;
    }
    // The batches of an optimizer step within its epoch: [first, end).
    std::int64_t first_batch(std::int64_t step) const { return step % steps_per_epoch * accumulate; }
    std::int64_t end_batch(std::int64_t step) const;
    // Whether `step` is the last of its epoch.
    bool ends_epoch(std::int64_t step) const { return (step + 1) % steps_per_epoch == 0; }
};

// Throws Error{InvalidInput} when there is nothing to do: no batch, or no step.
TrainingLength training_length_of(const settings::Train& train, std::int64_t batches_per_epoch);

}  // namespace lorikeet::train
