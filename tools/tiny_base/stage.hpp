// One stage of training from nothing: weights, their running mean, the optimizer, the step. Its whole state is
// one file, written whole or not at all, and every draw of a step depends on the seed and the step alone; so a
// stage that is killed at any moment goes on from its last save as if it had never stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
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
    // Takes up the state in `file` when there is one; otherwise begins with the weights of the first replica as
    // they are. Every replica computes a share of each batch on a thread of its own, with the same weights: on
    // few and busy processors that is several times as fast as threads inside each operation, which wait for
    // each other hundreds of times a step.
    Stage(base::Path file, const std::vector<Visit>& replicas, StageOptions options);
    std::int64_t step() const { return step_; }
    bool is_done() const { return step_ >= options_.steps; }
    // Moves the weights once by the mean of the gradients of the replicas' losses, and returns the mean loss.
    using Loss = std::function<at::Tensor(std::int64_t step, std::size_t replica)>;
    double advance(const Loss& loss_of);
    void save() const;
    // The running mean: what is judged and shipped.
    const tensor::NamedTensors& smooth() const { return smooth_; }
    // While `work` runs, the model computes with the running mean.
    void with_smooth(const std::function<void()>& work);

  private:
    void resume();
    void gather_gradients();
    void follow();
    base::Path file_;
    StageOptions options_;
    tensor::NamedTensors weights_;              // the first replica's own
    std::vector<tensor::NamedTensors> others_;  // the same memory, gradients of their own
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
