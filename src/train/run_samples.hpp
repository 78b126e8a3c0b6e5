// Samples on the way of a run. Nothing that happens here ends a training: an image that needs more memory than there is is
// made smaller, one that cannot be made is left out, and either is said in a warning.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/cancel.hpp"
#include "base/event.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/preview.hpp"
#include "train/recipe.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::train {

// The samples of a job; one that has no prompts gets one, of the first caption that
// has words, as the LoRA is shown it.
settings::Sample sampled_by(const settings::Job& job, const std::vector<data::DatasetImage>& images);

// One image for each of sample.prompts, into the run's folder of samples. How many were made.
std::int64_t make_samples(const settings::Job& job, const RunDir& run, Recipe& recipe, std::int64_t step,
                          base::EventSink& events, const base::Cancel& cancel);

// Calls `make` with the request; after a want of memory again with half its sides, as long as they are at least
// `least_px`. What else it throws is thrown, and so is the last want of memory.
io::Image make_with_less(ImageRequest request, std::int64_t least_px,
                         const std::function<io::Image(const ImageRequest&)>& make);

}  // namespace lorikeet::train
