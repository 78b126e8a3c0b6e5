// What a run knows of how a file of it came to be: the facts of which a trainee makes the file's metadata.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/recipe.hpp"
#include "train/training_length.hpp"

namespace lorikeet::train {

struct Provenance {
    const settings::Job& job;
    const Recipe& recipe;
    const TrainingLength& length;
    const std::vector<data::DatasetImage>& images;
    std::string started_at;  // seconds since 1970
    std::string checkpoint_sha256;
    std::int64_t step = 0;
    std::int64_t held_out = 0;  // images for the validation loss
};

}  // namespace lorikeet::train
