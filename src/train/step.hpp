// One training step: batches in, gradients gathered, weights moved.
//
// The formula   latents = scale (mean + std n1);  x = sqrt(a_t) latents + sqrt(1 - a_t) n2;
//               loss = mean over the batch of  w_t mean |guess(x, t, caption, sizes) - target|^2
// Every draw is a function of (seed, step, micro-batch): see tensor/rng.hpp.
// A loss or a norm that is not finite is returned as it is, and nothing is moved: the loop says what it knows of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/loader.hpp"
#include "settings/job.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

// The numbers behind a picture's loss, drawn or given (by golden tests).
struct StepDraws {
    at::Tensor latents;    // [B, 4, h, w] scaled
    at::Tensor noise;      // the same shape
    at::Tensor timesteps;  // [B] int64
    at::Tensor sizes{};    // [B, 6], see data/size_hint.hpp; read for SDXL alone
};

class Step {
  public:
    // Borrows both; the optimizer is the recipe's.
    Step(Recipe& recipe, const settings::Job& job);

    // Adds the gradient of one batch, times `share` (one over the batches of this step). Returns its loss.
    double gather(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share);
    // The same with draws given. Returns the loss of each picture's mean.
    double gather(const StepDraws& draws, std::span<const std::string> captions, double share);

    // Clips, moves the weights at `rate` times the learning rates, forgets the gradients. Returns the gradient's norm.
    double move(double rate);

  private:
    StepDraws draw(const data::Batch& batch, std::int64_t step, std::int64_t micro) const;

    Recipe& recipe_;
    const settings::Job& job_;
    std::vector<at::Tensor> parameters_;
};

}  // namespace lorikeet::train
