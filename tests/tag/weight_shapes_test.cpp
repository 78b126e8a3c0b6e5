#include "tag/weight_shapes.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::tag {

TEST(WeightShapes, CountsBlocksAndTellsSides) {
    const WeightShapes shapes({{"blocks.0.norm.weight", io::DType::F32, {4}, 0, 0},
                               {"blocks.1.norm.weight", io::DType::F32, {4}, 0, 0},
                               {"blocks.3.norm.weight", io::DType::F32, {4}, 0, 0},
                               {"proj.weight", io::DType::F16, {4, 3, 2, 2}, 0, 0}});
    EXPECT_EQ(shapes.count("blocks.", ".norm.weight"), 2);
    EXPECT_EQ(shapes.count("layers.", ".norm.weight"), 0);
    EXPECT_EQ(shapes.side("proj.weight", 1), 3);
    EXPECT_TRUE(shapes.has("blocks.3.norm.weight"));
    EXPECT_THROW(shapes.side("proj.weight", 4), base::Error);
    EXPECT_THROW(shapes.side("proj.bias", 0), base::Error);
}

}  // namespace lorikeet::tag
