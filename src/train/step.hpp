// One training step: batches in, gradients gathered, weights moved.
//
// The formula   latents = scale (mean + std n1);  x = sqrt(a_t) latents + sqrt(1 - a_t) n2;
//               loss = mean over the batch of  w_t mean |guess(x, t, caption) - target|^2
// Every draw is a function of (seed, step, micro-batch): see tensor/rng.hpp.
// A loss or a norm that is not finite is returned as it is, and nothing is moved: the loop says what it knows of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/loader.hpp"
#include "settings/job.hpp"
#include "train/captions.hpp"
#include "train/recipe.hpp"
#include "train/relief.hpp"

namespace lorikeet::train {

// The numbers behind a picture's loss, drawn or given (by golden tests).
struct StepDraws {
    at::Tensor latents;    // [B, 4, h, w] scaled
    at::Tensor noise;      // the same shape
    at::Tensor timesteps;  // [B] int64

    // Those of `count` pictures from `first` on. Views.
    StepDraws of(std::int64_t first, std::int64_t count) const;
};

class Step {
  public:
    // Borrows both; the optimizer is the recipe's.
    Step(Recipe& recipe, const settings::Job& job);

    // Adds the gradient of one batch, times `share` (one over the batches of this step). Returns its loss.
    double gather(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share);
    // The same with draws given. Returns the loss of each picture's mean.
    double gather(const StepDraws& draws, std::span<const std::string> captions, double share);

    // How the gradient is worked out from now on; what it is stays the same.
    void set_plan(const StepPlan& plan) { plan_ = plan; }

    // Clips, moves the weights at `rate` times the learning rates, forgets the gradients. Returns the gradient's norm.
    double move(double rate);

  private:
    StepDraws draw(const data::Batch& batch, std::int64_t step, std::int64_t micro) const;
    double gather_part(const StepDraws& draws, std::span<const std::string> captions, double share);

    Recipe& recipe_;
    const settings::Job& job_;
    Captions captions_;
    std::vector<at::Tensor> parameters_;
    StepPlan plan_;
    std::uint64_t step_ = 0, micro_ = 0;  // the place of dropout's draws
};

}  // namespace lorikeet::train
