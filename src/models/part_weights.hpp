// The way of weights from a file into the layers of a part: found by name, looked through, cast, laid out.
//
// What every family's load and ensure() are made of; the names are the family's.
// Throws   Error{Corrupt} naming weights that are missing, of another shape, or not finite.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "models/model.hpp"
#include "nn/visitor.hpp"
#include "nn/visitors.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

// Where a weight came from, by the memory that it was found in.
struct WeightOrigin {
    std::string name;  // in the file
    at::Tensor scale;  // undefined for most
};
using WeightOrigins = std::map<const void*, WeightOrigin>;

using VisitPart = std::function<void(nn::Visitor&)>;

// Finds the weights of parts of a model in one file, as they lie there: nothing is read yet. Remembers which tensors
// were wanted.
class WeightFinder {
  public:
    explicit WeightFinder(const tensor::WeightFile& file) : file_(file) {}

    // A tensor of the file, undefined when there is none; one of its equal parts with that part of the scale, or all of it
    // where it has not so many.
    at::Tensor take(const std::string& name);
    at::Tensor take(const WeightPlace& place);
    // Gives the part's layers what `find` finds for each path.
    void fill(const VisitPart& visit, nn::LoadWeights::Find find);
    // Counts as wanted, though nothing of it is read.
    void use(const std::string& name) { used_.insert(name); }

    const tensor::WeightFile& file() const { return file_; }
    const WeightOrigins& origins() const { return origins_; }
    // Tensors that nobody wanted so far, without what checkpoints carry along.
    std::vector<std::string> unused() const;

  private:
    const tensor::WeightFile& file_;
    std::set<std::string> used_;
    WeightOrigins origins_;
};

// From the file's pages to where and how they are needed in one pass; pages are let go as they are done with.
void settle_weights(const LoadOptions& options, Part part, const WeightFinder& found, const VisitPart& visit);

}  // namespace lorikeet::models
