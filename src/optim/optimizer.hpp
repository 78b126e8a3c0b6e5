// What every rule of optimisation has in common: groups of parameters, their gradients, and a state that can
// be saved and taken up again.
//
// Dtype    states are float32, and parameters where the rule takes no others: a LoRA's master weights, whatever the step
//          computes in.
// Throws   Error{InvalidInput} for parameters of another dtype; Error{Corrupt} for a state that does not fit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "optim/gradients.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::optim {

// Tensors that share a learning rate. Names are those of the tensors, unique over all groups: the state is
// saved under them.
struct ParamGroup {
    std::string name;  // "text", "unet": what metrics call it
    std::vector<std::string> names;
    std::vector<at::Tensor> tensors;
    double lr = 0;
};

// What a rule can move.
enum class Takes { Float32, FloatingPoint };

class Optimizer {
  public:
    explicit Optimizer(std::vector<ParamGroup> groups, Takes takes = Takes::Float32);
    virtual ~Optimizer() = default;
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

    // The gradients that backward passes have left with the parameters, to be clipped in place before step(). A rule may take
    // them away from there and lay them side by side; zero_grad() forgets them either way.
    virtual Gradients gather() { return gradients_of(parameters()); }
    // Moves every parameter that has a gradient, at `rate` times its group's lr. May use the gradients up.
    virtual void step(double rate) = 0;
    // The same for a GPU, without waiting for it: `rates` holds every group's learning rate, and nothing is moved where
    // `broken` is 1. A rule that cannot do so reads both back, which can_be_recorded() denies.
    // Shapes   rates [groups] and broken [], float32 on the parameters' device.
    virtual void step_queued(const at::Tensor& rates, const at::Tensor& broken);
    virtual bool can_be_recorded() const { return false; }
    // Another number whenever a step that was recorded before would now do something else than the same step as it comes.
    virtual std::uint64_t arrangement() const { return 0; }
    // Forgets the gradients; their memory is given back.
    virtual void zero_grad();

    // Everything that step() remembers. Tensors are shared with the optimizer, not copied.
    virtual tensor::NamedTensors state() const = 0;
    virtual void load_state(const tensor::NamedTensors& state) = 0;
    // What the state takes once every parameter had a gradient.
    virtual std::int64_t state_bytes() const = 0;

    const std::vector<ParamGroup>& groups() const { return groups_; }
    std::vector<at::Tensor> parameters() const;  // of all groups, in order

    // While it lives, parameters hold the weights to be used and saved, where a rule trains at others (schedule-free ones do).
    // Nothing is moved and no state taken meanwhile.
    class EvaluationWeights {
      public:
        explicit EvaluationWeights(Optimizer& optimizer) : optimizer_(optimizer) {
            optimizer_.to_evaluation();
        }
        ~EvaluationWeights() { optimizer_.to_training(); }
        EvaluationWeights(const EvaluationWeights&) = delete;
        EvaluationWeights& operator=(const EvaluationWeights&) = delete;

      private:
        Optimizer& optimizer_;
    };

  protected:
    virtual void to_evaluation() {}
    virtual void to_training() {}

  private:
    std::vector<ParamGroup> groups_;
};

// A copy of state[name] on the device of `like`, for load_state(); shape and dtype are those of `like`.
at::Tensor fitting_state(const tensor::NamedTensors& state, const std::string& name, const at::Tensor& like);

}  // namespace lorikeet::optim
