// One part of tests/golden/unet_parts.safetensors: a layer with the reference's weights, held against its results and gradients.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "models/golden_file.hpp"

namespace lorikeet::nn {

inline constexpr double kPartTolerance = 1e-5;

template <class Layer>
class UnetPart {
  public:
    UnetPart(std::string name, Layer made) : layer(std::move(made)), name_(std::move(name)) {
        models::load_golden(*this, file_);
    }
    void visit(Visitor& visitor) { layer.visit(visitor, name_); }

    at::Tensor input(int number) {
        const auto name = name_ + ".in" + std::to_string(number);
        auto x = file_.get(name).clone();
        if (file_.has(name + "_grad")) inputs_.emplace_back(name, x.requires_grad_());
        return x;
    }
    // The result, what it sends back to each of `gradients` inputs, and the gradients of every weight.
    void expect_result(const at::Tensor& out, std::size_t gradients) {
        models::expect_near(out, file_.get(name_ + ".out"), kPartTolerance, name_);
        (out * file_.get(name_ + ".pull")).sum().backward();
        EXPECT_EQ(inputs_.size(), gradients) << name_;
        for (const auto& [name, x] : inputs_)
            models::expect_near(x.grad(), file_.get(name + "_grad"), kPartTolerance, name + "_grad");
        CollectWeights weights;
        visit(weights);
        for (const auto& [name, weight] : weights.tensors)
            models::expect_near(weight.grad(), file_.get("grad." + name), kPartTolerance, name);
    }

    Layer layer;

  private:
    std::string name_;
    support::GoldenFile file_ = models::golden("unet_parts");
    std::vector<std::pair<std::string, at::Tensor>> inputs_;
};

// A layer with random weights, some for every one.
template <class Layer>
Layer with_random_weights(Layer layer, std::uint64_t seed = 1) {
    InitWeights init(seed, 1.0);
    layer.visit(init, "layer");
    return layer;
}

}  // namespace lorikeet::nn
