#include "nn/cpu/winograd.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace lorikeet::nn::winograd {

// The kernel that copies its middle pixel, by the definition: products with it in the long and in the short form.
TEST(Winograd, TheKernelMatrixKeepsSumsOfKernels) {
    std::vector<float> matrix(36 * 9);
    kernel_matrix(matrix.data());
    // G's rows are (1, x, x^2) over a factor at x = 0, -1, 1, 2, -2 (halved twice over) and infinity: a constant kernel
    // becomes the product of its rows' sums.
    const std::vector<double> sums{0.25, -0.5, -1.0 / 6, 7.0 / 24, 0.125, 1};
    for (std::size_t i = 0; i < 36; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < 9; ++j) sum += matrix[i * 9 + j];
        EXPECT_NEAR(sum, sums[i / 6] * sums[i % 6], 1e-6) << i;
    }
}

TEST(Winograd, TilesCoverImagesOfAnySize) {
    Pixels image;
    image.batch = 2;
    image.height = 9;
    image.width = 4;
    EXPECT_EQ(image.tiles_across(), 1);
    EXPECT_EQ(image.tiles(), 2 * 3);
}

}  // namespace lorikeet::nn::winograd
