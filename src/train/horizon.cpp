#include "train/horizon.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "settings/chosen.hpp"

namespace lorikeet::train {

std::int64_t Horizon::end_batch(std::int64_t step) const {
    return std::min(first_batch(step) + accumulate, batches_per_epoch);
}

Horizon horizon_of(const settings::Train& train, std::int64_t batches_per_epoch) {
    if (batches_per_epoch < 1)
        base::fail(base::ErrorCode::InvalidInput, "There is no picture to train on.",
                   "Check data.subsets: does the folder hold pictures?");
    Horizon horizon;
    horizon.batches_per_epoch = batches_per_epoch;
    horizon.accumulate = std::max<std::int64_t>(1, train.accumulate);
    horizon.steps_per_epoch = (batches_per_epoch + horizon.accumulate - 1) / horizon.accumulate;
    horizon.total_steps = train.steps ? *train.steps
                                      : settings::chosen(train.epochs) * horizon.steps_per_epoch;
    if (horizon.total_steps < 1)
        base::fail(base::ErrorCode::InvalidInput, "The run would have no step.",
                   "Set train.epochs or train.steps to at least 1.");
    return horizon;
}

}  // namespace lorikeet::train
