#include "train/training_length.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "settings/chosen.hpp"

namespace lorikeet::train {

std::int64_t TrainingLength::end_batch(std::int64_t step) const {
    return std::min(first_batch(step) + accumulate, batches_per_epoch);
}

TrainingLength training_length_of(const settings::Train& train, std::int64_t batches_per_epoch) {
    if (batches_per_epoch < 1)
        base::fail(base::ErrorCode::InvalidInput, "There is no image to train on.",
                   "Check data.subsets: does the folder hold images?");
    TrainingLength length;
    length.batches_per_epoch = batches_per_epoch;
    length.accumulate = std::max<std::int64_t>(1, train.accumulate);
    length.steps_per_epoch = (batches_per_epoch + length.accumulate - 1) / length.accumulate;
    length.total_steps = train.steps ? *train.steps : settings::chosen(train.epochs) * length.steps_per_epoch;
    if (length.total_steps < 1)
        base::fail(base::ErrorCode::InvalidInput, "The run would have no step.",
                   "Set train.epochs or train.steps to at least 1.");
    return length;
}

}  // namespace lorikeet::train
