// One stage of training from nothing: weights, their running mean, the optimizer, the step. Its whole state is
// one file, written whole or not at all, and every draw of a step depends on the seed and the step alone; so a
// stage that is killed at any moment goes on from its last save as if it had never stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "nn/visitor.hpp"
#include "optim/adamw.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tiny_base {

inline constexpr std::uint64_t kSeed = 7;

struct StageOptions {
    std::int64_t steps = 0;
    double lr = 1e-3;
    double weight_decay = 0.01;
    double warmup_steps = 60;
    double memory = 0.997;  // of the running mean of the weights
};

// Every weight of a model by its path, as float32 leaves that take gradients. Visit after this and the model
// computes with these very tensors.
using Visit = std::function<void(nn::Visitor&)>;

class Stage {
  public:
    // Takes up the state in `file` when there is one; otherwise begins with the weights as they are.
    Stage(base::Path file, const Visit& visit, StageOptions options);
    std::int64_t step() const { return step_; }
    bool is_done() const { return step_ >= options_.steps; }
    // Moves the weights once by the gradient of the loss that `loss_of` returns for this step.
    double advance(const std::function<at::Tensor(std::int64_t step)>& loss_of);
    void save() const;
    // The running mean: what is judged and shipped.
    const tensor::NamedTensors& smooth() const { return smooth_; }
    // While `work` runs, the model computes with the running mean.
    void with_smooth(const std::function<void()>& work);

  private:
    void resume();
    void follow();
    base::Path file_;
    StageOptions options_;
    tensor::NamedTensors weights_;  // the model's own
    tensor::NamedTensors smooth_;
    std::unique_ptr<optim::AdamW> optimizer_;
    std::int64_t step_ = 0;
};

// The running mean of a finished stage's file, by path.  Throws Error{NotFound}.
tensor::NamedTensors read_stage(const base::Path& file);
// Loads a model from it, without gradients.
void load_stage(const base::Path& file, const Visit& visit);

// What a fresh network starts from: random weights, but every path that leads back into a sum starts at zero,
// so that each block begins as the identity.
void init_weights(const Visit& visit, std::uint64_t seed, const std::vector<std::string>& zero_endings);

}  // namespace lorikeet::tiny_base
