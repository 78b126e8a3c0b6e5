// The empty place beside a layer, into which the floor `adapters` puts what is trained.
#pragma once

#include <ATen/ATen.h>

namespace lorikeet::nn {

struct Linear;

// Shapes   x is the layer's input, y its output; the result has the shape and dtype of y.
class Adapter {
  public:
    virtual ~Adapter() = default;
    // y plus what the adapter adds for x. May write into y, which is the layer's own fresh result: no
    // gradient formula of a linear layer or a convolution reads it.
    virtual at::Tensor apply(const at::Tensor& x, const at::Tensor& y) const = 0;
    // A linear layer with what the adapter adds, for adapters that are faster at both than at one after the other.
    virtual at::Tensor linear(const at::Tensor& x, const Linear& layer) const;
};

// Borrowed: the network of adapters owns them and empties the slots when it goes.
struct AdapterSlot {
    const Adapter* adapter = nullptr;
    at::Tensor apply(const at::Tensor& x, at::Tensor y) const { return adapter ? adapter->apply(x, y) : y; }
};

}  // namespace lorikeet::nn
