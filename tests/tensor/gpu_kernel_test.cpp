#include "tensor/gpu_kernel.hpp"

#include <gtest/gtest.h>

#include "support/gpu.hpp"
#include "tensor/rehearsal.hpp"

namespace lorikeet::tensor {
namespace {

constexpr const char* kTwice = R"cuda(
extern "C" __global__ void twice(const bits16* x, bits32* result, int count, float plus) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count / 2) result[i] = narrow(2 * wide(x[2 * i]) + plus, 2 * wide(x[2 * i + 1]) + plus);
}
)cuda";

}  // namespace

TEST(GpuKernels, AreNotForTheProcessor) {
    GpuKernels kernels(kTwice);
    EXPECT_FALSE(kernels.ready(at::kCPU));
    EXPECT_EQ(kernels.why(), "");
}

TEST(CountsAsGpu, WhatIsRehearsedForOneDoes) {
    const auto meta = at::empty({2}, at::kMeta);
    EXPECT_FALSE(counts_as_gpu(at::empty({2})));
    EXPECT_FALSE(counts_as_gpu(meta));
    {
        const Rehearsal of_processor(at::kCPU);
        EXPECT_FALSE(counts_as_gpu(meta));
    }
    {
        const Rehearsal of_gpu(at::Device("cuda:0"));
        EXPECT_TRUE(counts_as_gpu(meta));
        EXPECT_FALSE(counts_as_gpu(at::empty({2})));
    }
    EXPECT_FALSE(counts_as_gpu(meta));
}

TEST(GpuKernelsGpu, RunAfterWhatWasQueuedBeforeThem) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    GpuKernels kernels(kTwice);
    ASSERT_TRUE(kernels.ready(gpu)) << kernels.why();
    const auto x = at::arange(64, at::TensorOptions(gpu)).to(at::kBFloat16);
    const auto result = at::zeros_like(x);
    kernels.launch("twice", {1, 1, 32, 0}, x.data_ptr(), result.data_ptr(), 64, 0.5F);
    EXPECT_TRUE(at::equal(result.cpu(), (2 * at::arange(64) + 0.5F).to(at::kBFloat16)));
}

TEST(GpuKernelsGpu, ATextThatIsNoneIsRefusedWithItsReason) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    GpuKernels kernels("extern \"C\" __global__ void broken(int x) { y = x; }");
    EXPECT_FALSE(kernels.ready(gpu));
    EXPECT_NE(kernels.why().find("NVRTC refuses them"), std::string::npos) << kernels.why();
    EXPECT_FALSE(kernels.ready(gpu));
}

}  // namespace lorikeet::tensor
