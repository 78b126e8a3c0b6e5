// Whole steps, as they come or, on a GPU, from a recording: gradient, clipping and optimizer of a step are recorded once for
// each shape of its batches and then played back in one piece. The numbers are those of the plain step, bit for bit.
//
// Where steps cannot be recorded they run as they come, and why() says the reason.
// Throws   Error{Unsupported} when train.record_steps = "on" and they cannot be.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tensor/recorder.hpp"
#include "train/out_of_memory_retry.hpp"
#include "train/step.hpp"

namespace lorikeet::train {

// On the device: loss [] float64, the mean over the step's batches; norm of the gradient [].
struct StepResult {
    at::Tensor loss;
    at::Tensor norm;  // undefined when the loss was known not to be finite and nothing was moved
};

class StepPlayer {
  public:
    using Say = std::function<void(std::string)>;
    // Borrows all but `say`, which hears once when steps that should be recorded are not.
    // `retry` has the plan, and changes it where a step as it comes runs out of memory.
    StepPlayer(Step& step, const Recipe& recipe, const settings::Job& job, OutOfMemoryRetry& retry, Say say);

    // Another recorder than the device's own.
    void record_with(std::unique_ptr<tensor::Recorder> recorder);

    // One optimizer step of these batches at `rate` times the learning rates.
    StepResult play(std::span<const StepInputs> batches, double rate);

    // True once something was thrown while weights were being moved: they may be half of one step and half of another.
    bool broke_off() const { return moving_; }
    std::size_t recordings() const;                      // made so far
    const std::string& why() const { return why_not_; }  // empty while steps are recorded

    ~StepPlayer();

  private:
    using Shapes = std::vector<std::int64_t>;
    struct RecordedStep;  // one recording and what it reads and writes

    StepResult plain(std::span<const StepInputs> batches, double rate);
    StepResult queue(std::span<const StepInputs> batches, const at::Tensor& rates);
    at::Tensor learn_all(std::span<const StepInputs> batches);
    bool record(RecordedStep& recorded, std::span<const StepInputs> batches, const at::Tensor& rates);
    void give_up(std::string why);

    Step& step_;
    OutOfMemoryRetry& retry_;
    settings::RecordSteps wish_;
    bool on_processor_;
    Say say_;
    std::unique_ptr<tensor::Recorder> recorder_;
    std::string why_not_;
    std::map<Shapes, std::unique_ptr<RecordedStep>> recorded_;
    bool moving_ = false;
};

}  // namespace lorikeet::train
