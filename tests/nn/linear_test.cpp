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

}  // namespace lorikeet::nn
