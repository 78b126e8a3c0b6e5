#include "nn/linear.hpp"

#include <gtest/gtest.h>

#include "nn/visitors.hpp"

namespace lorikeet::nn {

TEST(Linear, NamesItsWeightsBelowTheOpenScopes) {
    Linear linear(3, 2);
    CollectWeights collect;
    {
        const Visitor::Scope scope(collect, "blocks.0");
        linear.visit(collect, "proj");
    }
    ASSERT_EQ(collect.tensors.size(), 2U);
    EXPECT_TRUE(collect.tensors.contains("blocks.0.proj.weight"));
    EXPECT_TRUE(collect.tensors.contains("blocks.0.proj.bias"));
}

TEST(Linear, LoadingNamesWhatIsMissingAndWhatHasAnotherShape) {
    Linear linear(3, 2);
    LoadWeights load(
        [](const std::string& path) { return path == "proj.bias" ? at::zeros({5}) : at::Tensor(); },
        at::kFloat);
    linear.visit(load, "proj");
    try {
        load.finish();
        FAIL() << "nothing was thrown";
    } catch (const std::exception& error) {
        EXPECT_STREQ(
            error.what(),
            "Weights do not fit the model: proj.weight is missing; proj.bias has the shape [5], wanted [2].");
    }
}

}  // namespace lorikeet::nn
