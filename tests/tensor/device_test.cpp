#include "tensor/device.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/workers.hpp"
#include "support/gpu.hpp"

namespace lorikeet::tensor {

TEST(Device, TheProcessorIsAlwaysThere) { EXPECT_EQ(pick_device("cpu"), at::Device(at::kCPU)); }

TEST(Device, AutoTakesWhatIsThereAndCudaInsists) {
    const auto& look = look_for_cuda();
    EXPECT_EQ(pick_device("auto").is_cuda(), look.found);
    if (look.found) {
        EXPECT_EQ(pick_device("cuda"), at::Device(at::kCUDA, 0));
        return;
    }
    try {
        pick_device("cuda");
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Unsupported);
        EXPECT_EQ(error.what(), look.cause);
        EXPECT_EQ(error.hint(), look.remedy);
    }
}

TEST(Device, Tf32IsAllowedOnlyWhereAskedFor) {
    for (const bool allowed : {true, false}) {
        allow_tf32(allowed);
        EXPECT_EQ(at::globalContext().allowTF32CuBLAS(), allowed);
        EXPECT_EQ(at::globalContext().allowTF32CuDNN(at::Float32Op::CONV), allowed);
    }
}

TEST(DeviceGpu, CountsTheMemoryOfItsTensors) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    constexpr std::uint64_t kBytes = 64 << 20;
    EXPECT_GT(memory_of(gpu).total_bytes, memory_of(gpu).free_bytes);
    const auto before = memory_of_tensors(gpu).used_bytes;
    forget_peak(gpu);
    {
        const auto held = at::empty({kBytes}, at::TensorOptions(gpu).dtype(at::kByte));
        EXPECT_EQ(memory_of_tensors(gpu).used_bytes, before + kBytes);
    }
    EXPECT_EQ(memory_of_tensors(gpu).used_bytes, before);
    EXPECT_EQ(memory_of_tensors(gpu).peak_bytes, before + kBytes);
    release_unused(gpu);
}

TEST(DeviceGpu, Tf32RoundsProductsAndIsOffOtherwise) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    const auto a = at::rand({256, 256}), b = at::rand({256, 256});
    const auto exact = at::mm(a, b);
    const auto error = [&] {
        return (at::mm(a.to(gpu), b.to(gpu)).cpu() - exact).abs().max().item<double>();
    };
    EXPECT_LT(error(), 1e-4);
    allow_tf32(true);
    EXPECT_GT(error(), 1e-4);
    allow_tf32(false);
}

TEST(Device, NoThreadsMeansOneForEachProcessor) {
    const int before = at::get_num_threads();
    set_threads(1);
    EXPECT_EQ(at::get_num_threads(), 1);
    set_threads(0);
    EXPECT_EQ(at::get_num_threads(), static_cast<int>(base::processor_count()));
    set_threads(before);
}

}  // namespace lorikeet::tensor
