// What a run will take of memory, known before it begins: each part of it, from the very code that runs.
//
// Model, adapters and inputs are made on the meta device, where tensors have shapes and no memory, and one step is rehearsed:
// forward, backward, with the plan in question (tensor/rehearsal), in the phases that a run goes through (train/run_phases)
// and with the largest batch that it draws (data/draw_plan). Nothing is predicted by a factor. What libraries need within
// an operation is not seen, nor what a machine's allocator wastes. Layers are those of ATen: laid out for the processor
// (nn/frozen) they keep less, so there the forecast is above what is taken.
// Throws   what loading throws; Error{Internal} where another rehearsal is going on.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "data/draw_plan.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/out_of_memory_retry.hpp"
#include "train/run_phases.hpp"

namespace lorikeet::train {

// Bytes. Of the processor: of the whole process; of a GPU: of its memory.
struct Forecast {
    StepPlan plan;
    std::int64_t program = 0;       // this process before it loads anything; 0 on a GPU
    std::int64_t weights = 0;       // of what stays loaded of the frozen model
    std::int64_t adapter = 0;       // what is trained
    std::int64_t gradients = 0;     // of what is trained
    std::int64_t optimizer = 0;     // its averages
    std::int64_t captions = 0;      // texts that a frozen text encoder has read
    std::int64_t activations = 0;   // what a step keeps until its gradient is computed, at the most
    std::int64_t preparing = 0;     // a step's captions and images are encoded, where that is not kept
    std::int64_t encoding = 0;      // before the first step: the same is kept; all weights of then included
    std::int64_t decoding = 0;      // images that are read ahead, while others are encoded; 0 on a GPU
    bool decodes_in_steps = false;  // latents are not kept, so that steps read images too
    std::int64_t sampling = 0;      // what a sample takes beside all that stays between two steps

    std::int64_t resting() const { return program + weights + adapter + optimizer + captions; }
    std::int64_t caching() const { return program + encoding + decoding; }
    // Of a step, beside what stays between two: its inputs are encoded, or it learns.
    std::int64_t step_beyond() const { return std::max(gradients + activations, preparing); }
    std::int64_t step() const { return resting() + step_beyond() + (decodes_in_steps ? decoding : 0); }
    // What a run cannot do without: the larger of caching and training.
    std::int64_t of_training() const { return std::max(step(), caching()); }
    // With sampling, which makes do with less.
    std::int64_t most() const;
};

// The largest batch that a run draws; without images, what the settings say.
data::DrawPlan::BatchShape largest_batch(const settings::Job& job,
                                         const std::vector<data::DatasetImage>& images);

class Forecaster {
  public:
    explicit Forecaster(const settings::Job& job, const std::vector<data::DatasetImage>& images = {});
    ~Forecaster();
    Forecaster(const Forecaster&) = delete;
    Forecaster& operator=(const Forecaster&) = delete;

    Forecast of(const StepPlan& plan);
    // The phases that it went through, with the parts of the model that were loaded in each.
    const std::vector<RunPhase>& rehearsed() const;

  private:
    struct Stage;
    std::unique_ptr<Stage> stage_;
};

}  // namespace lorikeet::train
