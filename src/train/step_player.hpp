// Whole steps, as they come or, on a GPU, from recordings: the gradient of a batch is recorded once for each shape of batches, and
// clipping and optimizer once for all; a step plays its batches one after another and then the move. The numbers are those of the
// plain step, bit for bit.
//
// Where steps cannot be recorded they run as they come, and why() says the reason.
// Throws   Error{Unsupported} when train.record_steps = "on" and they cannot be.
#pragma once

#include <cstddef>
#include <cstdint>
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
    // Recordings of batches that are kept, one for each shape. Images that keep their shapes come in 33 sizes at most at SDXL's
    // usual 1024 px (data/bucket.hpp), each in full batches and in the shorter one that ends an epoch, so that nothing goes in
    // usual runs. A recording takes its list of operations and its inputs; the memory that it works in
    // is shared by all.
    static constexpr std::size_t kMostShapes = 66;

    using Say = std::function<void(std::string)>;
    // Borrows all but `say`, which hears once when steps that should be recorded are not, and once when there are more shapes
    // than recordings are kept.
    // `retry` has the plan, and changes it where a step as it comes runs out of memory.
    StepPlayer(Step& step, const Recipe& recipe, const settings::Job& job, OutOfMemoryRetry& retry, Say say);

    // Another recorder than the device's own.
    void record_with(std::unique_ptr<tensor::Recorder> recorder, std::size_t most_shapes = kMostShapes);

    // One optimizer step of these batches at `rate` times the learning rates.
    StepResult play(std::span<const StepInputs> batches, double rate);

    // True once something was thrown while weights were being moved: they may be half of one step and half of another.
    bool broke_off() const { return moving_; }
    std::size_t recordings() const;                      // that are kept: of batches, and of the move
    const std::string& why() const { return why_not_; }  // empty while steps are recorded

    ~StepPlayer();

  private:
    using Shapes = std::vector<std::int64_t>;
    struct BatchShape;  // what is known of one shape: how often it came, and its recording

    StepResult plain(std::span<const StepInputs> batches, double rate);
    at::Tensor learn_all(std::span<const StepInputs> batches);
    bool is_warm(std::span<const StepInputs> batches);
    std::vector<at::Tensor> learned() const;  // parameters that have a gradient now
    void remember_trained();
    bool record_batch(BatchShape& shape, const StepInputs& inputs);
    bool record_move(const at::Tensor& rates);
    bool record(std::unique_ptr<tensor::Recording>& recording, const std::function<void()>& work);
    void learn_recorded(const StepInputs& inputs);
    void move_recorded();
    void make_room();
    void forget_recordings();
    void give_up(std::string why);

    Step& step_;
    const Recipe& recipe_;
    OutOfMemoryRetry& retry_;
    settings::RecordSteps wish_;
    bool on_processor_;
    Say say_;
    std::unique_ptr<tensor::Recorder> recorder_;
    std::size_t most_shapes_ = kMostShapes;
    std::string why_not_;

    std::map<Shapes, std::unique_ptr<BatchShape>> shapes_;
    std::uint64_t plays_ = 0;  // of batches, so far
    bool said_too_many_ = false;

    // What recordings hand on to each other, the same tensors for all of them.
    std::vector<at::Tensor> trained_;    // parameters that get a gradient
    std::vector<at::Tensor> gradients_;  // beside them: the sums of a step; 0 between two
    at::Tensor loss_;                    // the sum of a step; 0 between two
    at::Tensor rates_;
    std::unique_ptr<tensor::Recording> move_;
    std::uint64_t arrangement_ = 0;  // of the optimizer, when the move was recorded
    StepResult result_;
    bool moving_ = false;
};

}  // namespace lorikeet::train
