// What a run trains. Step, loop, samples and savers know nothing else of it: adapters beside a frozen model are one
// (train/adapter_trainee.hpp).
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "adapters/metadata.hpp"
#include "adapters/module.hpp"
#include "base/file.hpp"
#include "io/safetensors.hpp"
#include "optim/optimizer.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {

class Trainee {
  public:
    Trainee() = default;
    virtual ~Trainee() = default;
    Trainee(const Trainee&) = delete;
    Trainee& operator=(const Trainee&) = delete;

    // What an optimizer moves, in the order in which a state keeps it: leaves that require gradients.
    virtual std::vector<optim::ParamGroup> groups() const = 0;
    // Before the forward pass of these images. What it draws depends on the seed and on this place alone.
    virtual void begin_step(std::uint64_t step, std::uint64_t micro, const adapters::Window& window) = 0;
    // The optimizer has moved what groups() gave.
    virtual void weights_moved() = 0;

    // All that a run must keep of it to go on. Shared, not copied; load_state() copies.
    // Throws   Error{Corrupt} for tensors that do not fit.
    virtual tensor::NamedTensors state() const = 0;
    virtual void load_state(const tensor::NamedTensors& state) = 0;

    // The file that comes out of a run, and what its metadata tell of what was trained.
    // Throws   what tensor::save_tensors throws.
    virtual void save(const base::Path& file, at::ScalarType type, const io::Metadata& metadata) const = 0;
    virtual adapters::NetworkFacts facts() const = 0;

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
