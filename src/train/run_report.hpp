// What the loop tells of a step: its numbers as the event "metrics", or why the run cannot go on behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/event.hpp"
#include "data/scan.hpp"
#include "train/metrics.hpp"
#include "train/out_of_memory_retry.hpp"
#include "train/pending_step.hpp"
#include "train/recipe.hpp"
#include "train/training_length.hpp"

namespace lorikeet::train {

struct ReportedStep {
    std::int64_t step = 0;  // from 0
    PendingStep::Numbers numbers;
    double rate = 1;  // times the learning rates
    StepPlan plan;
    double waited_seconds = 0;  // for images
};

// docs/formats/run-directory.md.
base::Event metrics_of(const ReportedStep& step, const TrainingLength& length, const Smoothed& smoothed,
                       const Pace& pace, const Recipe& recipe);

// `what`: "loss". Throws Error{NotFinite} with the names of the images of the step.
[[noreturn]] void fail_not_finite(std::string_view what, std::int64_t step,
                                  const std::vector<data::DatasetImage>& all,
                                  const std::vector<std::size_t>& images);

}  // namespace lorikeet::train
