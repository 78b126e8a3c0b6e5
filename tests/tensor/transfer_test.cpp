#include "tensor/transfer.hpp"

#include <gtest/gtest.h>

#include "support/gpu.hpp"

namespace lorikeet::tensor {

TEST(DeviceTransfer, OnTheProcessorNothingIsCopied) {
    const auto numbers = at::arange(5, at::kFloat);
    EXPECT_TRUE(DeviceTransfer(at::kCPU).send(numbers).is_same(numbers));
    EXPECT_FALSE(DeviceTransfer(at::kCPU).send({}).defined());
}

TEST(ReadBack, OnTheProcessorNumbersAreThereAtOnce) {
    const auto numbers = at::arange(5, at::kFloat);
    EXPECT_TRUE(ReadBack(numbers).wait().is_same(numbers));
}

TEST(TransferGpu, WhatIsSentArrivesInOrderAndComesBack) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    const OwnStream stream(gpu);
    const DeviceTransfer transfer(gpu);
    auto sum = at::zeros({1 << 20}, gpu);
    std::vector<ReadBack> back;
    for (int i = 1; i <= 20; ++i) {  // memory is used again and again while the GPU is behind
        sum = sum + transfer.send(at::full({1 << 20}, static_cast<float>(i)));
        back.emplace_back(sum.narrow(0, 0, 3));
    }
    float wanted = 0;
    for (int i = 1; i <= 20; ++i) {
        wanted += static_cast<float>(i);
        EXPECT_TRUE(at::equal(back[static_cast<std::size_t>(i - 1)].wait(), at::full({3}, wanted))) << i;
    }
    EXPECT_TRUE(at::equal(sum.cpu(), at::full({1 << 20}, wanted)));
}

}  // namespace lorikeet::tensor
