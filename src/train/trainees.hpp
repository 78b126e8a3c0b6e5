// What a run can train, one row each: what is asked before there is one, and how it is made.
//
// One to come is a Trainee (train/trainee.hpp) in a room of its own with its row, and the row's address in the table. The phases
// of a run, its captions and its forecast know it by its row alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "base/table.hpp"
#include "models/model.hpp"
#include "settings/job.hpp"
#include "train/trainee.hpp"

namespace lorikeet::train {

struct TraineeRow {
    std::string_view name;    // "adapters"
    std::string_view result;  // the file that comes out of a run, in messages: "LoRA"
    // Parts of the model that learn: loaded as long as steps are done, and never read from what was kept of them.
    std::vector<models::Part> (*parts)(const settings::Job& job);
    // Whether those parts' own weights are moved, so that they are loaded to be (models::LoadOptions::trained).
    bool moves_model;
    // What a job goes on from, told before anything is loaded, a sentence each. Of `job` nothing is open but its length.
    std::vector<std::string> (*news)(const settings::Job& job, const models::Spec& spec);
    // Borrows the model, whose parts are loaded. Of `job` nothing is open but its length.
    std::unique_ptr<Trainee> (*make)(models::Model& model, const settings::Job& job, at::Device device,
                                     at::ScalarType compute);
};

base::Table<TraineeRow>& trainee_table();
// The one that a job asks for: the first.
const TraineeRow& trainee_of(const settings::Job& job);

// Whether this part learns in a run of this job.
bool learns(const settings::Job& job, models::Part part);

}  // namespace lorikeet::train
