#include "tensor/precision.hpp"

#include <gtest/gtest.h>

namespace lorikeet::tensor {

TEST(Autocast, ProductsRunInTheGivenTypeOnlyWhileItLives) {
    const auto a = at::ones({4, 4}), b = at::ones({4, 4});
    {
        const Autocast autocast(at::kCPU, at::kBFloat16);
        EXPECT_EQ(at::mm(a, b).scalar_type(), at::kBFloat16);
        EXPECT_EQ((a + b).scalar_type(), at::kFloat);
    }
    EXPECT_EQ(at::mm(a, b).scalar_type(), at::kFloat);
}

TEST(Autocast, Float32ChangesNothing) {
    const Autocast autocast(at::kCPU, at::kFloat);
    EXPECT_EQ(at::mm(at::ones({2, 2}), at::ones({2, 2})).scalar_type(), at::kFloat);
    EXPECT_EQ(at::mm(at::ones({2, 2}, at::kBFloat16), at::ones({2, 2}, at::kBFloat16)).scalar_type(),
              at::kBFloat16);
}

TEST(Autocast, ItEndsWithAnExceptionToo) {
    try {
        const Autocast autocast(at::kCPU, at::kBFloat16);
        throw 1;
    } catch (int) {
    }
    EXPECT_EQ(at::mm(at::ones({2, 2}), at::ones({2, 2})).scalar_type(), at::kFloat);
}

}  // namespace lorikeet::tensor
