// What a run trains. Step, loop, samples and savers know nothing else of it: adapters beside a frozen model are one
// (train/adapter_trainee.hpp). Which there are, and what is asked of one before it is made: train/trainees.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "io/safetensors.hpp"
#include "optim/optimizer.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {

struct Provenance;  // see provenance.hpp

// The images whose gradient is worked out next: all of a batch, or `count` of its `total` from `first` on.
struct StepPart {
    std::uint64_t step = 0;   // optimizer steps before it
    std::uint64_t micro = 0;  // batches before it within its step
    std::int64_t first = 0;
    std::int64_t count = 1;
    std::int64_t total = 1;
};

class Trainee {
  public:
    Trainee() = default;
    virtual ~Trainee() = default;
    Trainee(const Trainee&) = delete;
    Trainee& operator=(const Trainee&) = delete;

    // What an optimizer moves, in the order in which a state keeps it: leaves that require gradients.
    virtual std::vector<optim::ParamGroup> groups() const = 0;
    // Before the forward pass of these images. What it draws depends on the seed and on this place alone.
    virtual void begin_step(const StepPart& part) = 0;
    // The optimizer has moved what groups() gave.
    virtual void weights_moved() = 0;
    // What keeps its steps from being recorded (train/step_player.hpp), as half a sentence; empty where nothing does. Of a step
    // that is recorded begin_step() and weights_moved() are called that one time; what they queue then is played for all.
    virtual std::string why_not_recorded() const { return {}; }

    // All that a run must keep of it to go on. Shared, not copied; load_state() copies.
    // Throws   Error{Corrupt} for tensors that do not fit.
    virtual tensor::NamedTensors state() const = 0;
    virtual void load_state(const tensor::NamedTensors& state) = 0;

    // The file that comes out of a run, and what its metadata tell of its making. By sshs_model_hash, the SHA-256 of its
    // weights, output.keep_last knows it again; without that it is kept.
    // Throws   what tensor::save_tensors throws.
    virtual void save(const base::Path& file, at::ScalarType type, const io::Metadata& metadata) const = 0;
    virtual io::Metadata metadata(const Provenance& made) const = 0;

    // As others will use it: nothing is dropped while one of these lives.
    class Evaluation {
      public:
        explicit Evaluation(Trainee& trainee) : trainee_(trainee) { trainee_.begin_evaluation(); }
        ~Evaluation() { trainee_.end_evaluation(); }
        Evaluation(const Evaluation&) = delete;
        Evaluation& operator=(const Evaluation&) = delete;

      private:
        Trainee& trainee_;
    };

  protected:
    virtual void begin_evaluation() = 0;
    virtual void end_evaluation() = 0;
};

}  // namespace lorikeet::train
