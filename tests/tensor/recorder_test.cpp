#include "tensor/recorder.hpp"

#include <gtest/gtest.h>

#include "support/gpu.hpp"
#include "tensor/transfer.hpp"

namespace lorikeet::tensor {

TEST(Recorder, TheProcessorHasNone) {
    const auto found = find_recorder(at::kCPU);
    EXPECT_EQ(found.recorder, nullptr);
    EXPECT_EQ(found.cause, "only a GPU can play them back");
}

TEST(RecorderGpu, PlaysWhatWasQueuedAndLeavesTheDeviceUsableWhenItCannot) {
    LORIKEET_NEEDS_GPU();
    const auto gpu = support::gpu();
    const OwnStream stream(gpu);
    const auto found = find_recorder(gpu);
    ASSERT_NE(found.recorder, nullptr) << found.cause;
    const auto x = at::ones({4}, gpu);
    at::Tensor y = at::tanh(x) * 2;  // warm
    EXPECT_ANY_THROW(found.recorder->record([&] { y = at::full({1}, (x * 2).sum().item<float>()); }));
    const auto recording = found.recorder->record([&] { y = at::tanh(x) * 2; });
    for (const float value : {0.5F, -1.0F, 3.0F}) {
        x.fill_(value);
        recording->play();
        EXPECT_TRUE(at::equal(y.cpu(), (at::tanh(x) * 2).cpu())) << value;
    }
}

}  // namespace lorikeet::tensor
