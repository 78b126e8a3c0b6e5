// One adapter of one layer, of whatever kind: what it is made of, and what it does to its layer.
//
// A kind to come derives from Module, names its tensors, and says what it adds to the weight. That is all for one that acts
// by weight; one that acts by bypass says how it adds to the layer's result as well (see nn/adapter_slot.hpp).
// Dtype    parameters are float32 in a network, whatever the layer computes in; as in the file where one is merged.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "nn/adapter_slot.hpp"

namespace lorikeet::adapters {

// The images that are worked on at once: all of a batch, or `count` of its `total` from `first` on.
struct Window {
    std::int64_t first = 0;
    std::int64_t count = 1;
    std::int64_t total = 1;
};

// What all modules of a network share; the network owns it and changes it between steps.
struct ModuleControl {
    double strength = 1;
    double dropout = 0;  // share left out at random, by kinds that have it; 0 while images are made
    std::uint64_t seed = 0;
    std::uint64_t draw = 0;  // optimizer step and micro-batch in one number
    bool cast = false;       // whether the casts are those of the parameters as they stand
    Window window;           // dropout is drawn for the whole batch, whatever part of it is there
};

// A tensor that is trained. Names are what a file puts behind the layer's name: ".lora_down.weight".
struct Parameter {
    std::string_view ending;
    at::Tensor* tensor;
    // Where the network keeps it as a matrix in the dtype that is computed in, cast once for each step; null: not wanted.
    at::Tensor* cast = nullptr;
};
// A number that belongs to the module and is not trained: alpha. Files hold it as a tensor of no dimensions.
struct Buffer {
    std::string_view ending;
    double* value;
};
struct ModuleTensors {
    std::vector<Parameter> parameters;
    std::vector<Buffer> buffers;
};

class Module : public nn::Adapter {
  public:
    // Borrows the control of its network.
    explicit Module(const ModuleControl& control) : control_(control) {}

    // What it is made of, in the order in which an optimizer takes it. Loading replaces what they point to.
    virtual ModuleTensors tensors() = 0;
    // What it adds to `weight` at `strength`, in the shape of the weight, float32: for merging, for resizing, and for kinds
    // that act by weight. `weight` is float32 too, and may lie on another device than the module: the result lies on
    // either.
    virtual at::Tensor delta(const at::Tensor& weight, double strength) const = 0;

    nn::By acts_by() const final { return control_.strength == 0 ? nn::By::Nothing : way(); }
    at::Tensor change(const at::Tensor& weight) const override {
        return weight + delta(weight, control_.strength);
    }

  protected:
    virtual nn::By way() const = 0;
    const ModuleControl& control() const { return control_; }

  private:
    const ModuleControl& control_;
};

}  // namespace lorikeet::adapters
