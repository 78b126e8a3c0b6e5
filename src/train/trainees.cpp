#include "train/trainees.hpp"

#include <algorithm>

#include "train/adapter_trainee.hpp"

namespace lorikeet::train {

base::Table<TraineeRow>& trainee_table() {
    static base::Table<TraineeRow> table{&kAdapters};
    return table;
}

const TraineeRow& trainee_of(const settings::Job&) { return *trainee_table().rows().front(); }

bool learns(const settings::Job& job, models::Part part) {
    const auto parts = trainee_of(job).parts(job);
    return std::find(parts.begin(), parts.end(), part) != parts.end();
}

}  // namespace lorikeet::train
