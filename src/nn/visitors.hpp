// The visitors that every model needs: load, collect, count, cast, make trainable, start from random numbers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "nn/visitor.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::nn {

// Fills every weight from `find` (a name to a tensor, undefined when absent), cast to `dtype` (unset: as it is)
// on `device`.
// Nothing is thrown while visiting; finish() throws Error{Corrupt} naming what was missing or of another
// shape.
class LoadWeights : public Visitor {
  public:
    using Find = std::function<at::Tensor(const std::string& path)>;
    LoadWeights(Find find, std::optional<at::ScalarType> dtype, at::Device device = at::kCPU)
        : find_(std::move(find)), dtype_(dtype), device_(device) {}
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;
    void finish() const;
    const std::vector<std::string>& loaded() const { return loaded_; }

  private:
    Find find_;
    std::optional<at::ScalarType> dtype_;
    at::Device device_;
    std::vector<std::string> loaded_;
    std::vector<std::string> trouble_;
};

// Every weight by its path. The tensors are shared, not copied.
class CollectWeights : public Visitor {
  public:
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;
    tensor::NamedTensors tensors;
};

// Numbers and bytes, also before anything is loaded.
class CountWeights : public Visitor {
  public:
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;
    std::int64_t tensors = 0;
    std::int64_t numbers = 0;
};

// Bytes of the memory that weights take, laid out for the processor or not; those that are shared are counted each time.
class CountBytes : public Visitor {
  public:
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;
    void layer(const std::string& path, Linear& linear) override;
    void layer(const std::string& path, Conv2d& conv) override;
    std::int64_t bytes = 0;

  private:
    bool laid_out_ = false;  // the weight that comes next is: its layer's panels are counted instead
};

// Replaces every weight by `change` of itself: a cast, a move, requires_grad.
class ChangeWeights : public Visitor {
  public:
    using Change = std::function<at::Tensor(const std::string& path, const at::Tensor& tensor)>;
    explicit ChangeWeights(Change change) : change_(std::move(change)) {}
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;

  private:
    Change change_;
};

// Leaves the layers without their weights, and gives the memory back.
class DropWeights : public Visitor {
  public:
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;
    void layer(const std::string& path, Linear& linear) override;
    void layer(const std::string& path, Conv2d& conv) override;
};

// Random weights for a model that is trained from nothing, or for tests: matrices and kernels uniform in
// +-gain/sqrt(fan in), scales of norms 1, every bias 0.
class InitWeights : public Visitor {
  public:
    InitWeights(std::uint64_t seed, double gain, at::ScalarType dtype = at::kFloat);
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;

  private:
    at::Generator generator_;
    double gain_;
    at::ScalarType dtype_;
};

}  // namespace lorikeet::nn
