// One training step: batches in, gradients gathered, weights moved.
//
// The formula   latents = scale (mean + std n1);  x = sqrt(a_t) latents + sqrt(1 - a_t) n2;
//               loss = mean over the batch of  w_t mean (mask |prediction(x, t, caption, sizes) - target|^2)
// Every draw is a function of (seed, step, micro-batch): see tensor/rng.hpp.
// A loss or a norm that is not finite is returned as it is, and nothing is moved: the loop says what it knows of it.
//
// On a GPU nothing here waits for it: learn() and move() queue work, and what they return arrives when that is done. What
// they queue has always the same shape for inputs of the same shape, so it can be recorded (train/step_player.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/loader.hpp"
#include "settings/job.hpp"
#include "tensor/transfer.hpp"
#include "train/out_of_memory_retry.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

// The numbers behind an image's loss, drawn or given (by golden tests).
struct StepDraws {
    at::Tensor latents;    // [B, C, h, w] scaled
    at::Tensor noise;      // the same shape
    at::Tensor timesteps;  // [B], as the process draws them
    at::Tensor sizes{};    // [B, 6], see data/size_hint.hpp; for models that read them
    at::Tensor weights{};  // [B] float32, of the images' losses; undefined where all count the same
    at::Tensor masks{};    // [B, 1, h, w] float32; undefined where none is masked
};

// All that a batch gives to the arithmetic, on the device that does it.
struct StepInputs {
    StepDraws draws;
    models::TextStates text;      // of frozen text encoders; undefined when
    std::vector<at::Tensor> ids;  // of each encoder, [B, ...], are read within the step
    at::Tensor share;             // [] float32: one over the batches of this step
    std::uint64_t step = 0;       // the place of its draws, also of dropout's
    std::uint64_t micro = 0;

    // Those that are defined, in a fixed order.
    std::vector<at::Tensor*> tensors();
    // Of `count` images from `first` on alone, with their part of the share. Views.
    StepInputs part(std::int64_t first, std::int64_t count) const;
};

class Step {
  public:
    // Borrows both; the optimizer is the recipe's.
    Step(Recipe& recipe, const settings::Job& job);

    // Draws for one batch, and all of it taken to the device.
    StepInputs prepare(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share);
    StepInputs prepare(const StepDraws& draws, std::span<const std::string> captions, double share);
    // The loss of one batch, without a gradient: [] float32. Nothing is dropped only within an Evaluation.
    at::Tensor loss_alone(const StepInputs& inputs) const;
    // How gradients are worked out from now on; what they are stays the same.
    void set_plan(const StepPlan& plan) { plan_ = plan; }
    // Adds the gradient of one batch, times its share. Returns its loss: [] float32, the mean over its images.
    at::Tensor learn(const StepInputs& inputs);
    // Clips, moves the weights at `rate` times the learning rates, forgets the gradients. Moves nothing when the norm or
    // `loss`, that of all batches of the step, is not finite. Returns the norm: [].
    at::Tensor move(double rate, const at::Tensor& loss);

    // The two halves of move() on a GPU. The rates of this step's groups, taken to the device: [groups] float32.
    at::Tensor rates(double rate) const;
    // Clips and moves; what is left of the gradients is for forget_gradients().
    at::Tensor move_queued(const at::Tensor& rates, const at::Tensor& loss);
    void forget_gradients() { recipe_.optimizer->zero_grad(); }
    // A step that was recorded holds as long as this number stays (optim/optimizer.hpp).
    std::uint64_t arrangement() const { return recipe_.optimizer->arrangement(); }

    // prepare() and learn(), and the loss read back.
    double gather(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share);
    double gather(const StepDraws& draws, std::span<const std::string> captions, double share);

  private:
    StepDraws draw(const data::Batch& batch, std::int64_t step, std::int64_t micro) const;
    at::Tensor loss_of(const StepInputs& inputs) const;
    at::Tensor learn_part(const StepInputs& inputs, const StepPart& part);

    Recipe& recipe_;
    const settings::Job& job_;
    tensor::DeviceTransfer transfer_;
    StepPlan plan_;
};

}  // namespace lorikeet::train
