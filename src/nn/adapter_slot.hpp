// The place beside a layer, into which the floor `adapters` puts what is trained: any number of adapters, each with its
// own strength.
//
// First those that change the weight, one after the other in the order in which they came; then those that add to what
// the layer made of it, in the same order. A single one costs what it costs alone.
#pragma once

#include <vector>

#include <ATen/ATen.h>

namespace lorikeet::nn {

struct Linear;

// How an adapter acts on its layer: not at all (at strength 0), by adding to the result, or by changing the weight.
enum class By { Nothing, Bypass, Weight };

// Shapes   x is the layer's input, y its output; the result has the shape and dtype of y.
class Adapter {
  public:
    virtual ~Adapter() = default;
    virtual By acts_by() const { return By::Bypass; }
    // By bypass: y plus what the adapter adds for x. May write into y, which is a fresh result: no gradient formula of a
    // linear layer, a convolution or an adapter reads it.
    virtual at::Tensor apply(const at::Tensor& x, const at::Tensor& y) const;
    // A linear layer with what the adapter adds, for adapters that are faster at both than at one after the other.
    virtual at::Tensor linear(const at::Tensor& x, const Linear& layer) const;
    // By weight: the weight that the layer is to compute with in place of `weight`, of the same shape; both float32.
    // Never writes into it.
    virtual at::Tensor change(const at::Tensor& weight) const;
};

// Borrowed: the network of adapters owns them and takes them out of the slots when it goes.
class AdapterSlot {
  public:
    void add(const Adapter& adapter) { adapters_.push_back(&adapter); }
    void remove(const Adapter& adapter) { std::erase(adapters_, &adapter); }
    bool is_empty() const { return adapters_.empty(); }

    bool changes_weight() const { return first(By::Weight) != nullptr; }
    // `plain` after all that change it, in its own dtype.
    at::Tensor change(const at::Tensor& plain) const;
    // The first of those that act so; nullptr where there is none.
    const Adapter* first(By by) const;
    // y with what those by bypass add, but for `done`, which has added already.
    at::Tensor apply(const at::Tensor& x, at::Tensor y, const Adapter* done = nullptr) const;

  private:
    std::vector<const Adapter*> adapters_;
};

}  // namespace lorikeet::nn
