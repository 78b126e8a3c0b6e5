// Before a run begins: how its steps are to be worked out so that it fits the memory, and what to change where none fits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "settings/job.hpp"
#include "train/forecast.hpp"

namespace lorikeet::train {

struct MemoryPlan {
    Forecast forecast;      // with the plan that was chosen
    std::int64_t room = 0;  // bytes that the run may take; 0 where the system does not tell
    bool fits = true;
    std::string choice;   // a sentence, when a safer plan than the settings' first was chosen
    std::string why;      // a sentence, when it does not fit
    std::string unknown;  // a sentence, when it could not be forecast: nothing else is set then
    std::string advice;   // and the setting that would make it fit
};

// `room` is what the run may take: by default what the machine or the container has free together with what this process has,
// or of a GPU what is free there.
// Throws   what Forecaster throws.
MemoryPlan plan_memory(const settings::Job& job, const std::vector<data::DatasetImage>& images = {},
                       std::optional<std::int64_t> room = {});

// A resolution of the same shape whose shorter side has so many pixels, in steps of 64, as the setting is written:
// "448, 896".
std::string same_shape(const std::vector<std::int64_t>& resolution, std::int64_t shorter_px);

}  // namespace lorikeet::train
