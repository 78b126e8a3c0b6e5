// Golden files of whole models: weights lie below "weight.", gradients below "grad.".
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "nn/visitors.hpp"
#include "support/golden.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

using support::expect_near;
using support::golden;

// Loads copies of what the file holds below "weight.", as float32 and ready for gradients.
template <class Model>
void load_golden(Model& model, const support::GoldenFile& file) {
    nn::LoadWeights load(
        [&](const std::string& path) {
            const auto found = file.find("weight." + path);
            return found.defined() ? found.to(at::kFloat, false, true).requires_grad_() : found;
        },
        at::kFloat, support::test_device());
    model.visit(load);
    load.finish();
}

// The gradients of every weight that the file names below "grad.".
template <class Model>
void expect_gradients(Model& model, const support::GoldenFile& file, double share) {
    nn::CollectWeights weights;
    model.visit(weights);
    std::size_t compared = 0;
    for (const auto& entry : file.entries()) {
        if (!entry.name.starts_with("grad.")) continue;
        const auto name = entry.name.substr(5);
        ASSERT_TRUE(weights.tensors.contains(name)) << name;
        expect_near(weights.tensors.at(name).grad(), file.get(entry.name), share, name);
        ++compared;
    }
    EXPECT_GT(compared, 0U);
}

}  // namespace lorikeet::models
