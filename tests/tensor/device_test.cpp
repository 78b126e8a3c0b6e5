#include "tensor/device.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/workers.hpp"

namespace lorikeet::tensor {

TEST(Device, TheProcessorIsAlwaysThere) { EXPECT_EQ(pick_device("cpu"), at::Device(at::kCPU)); }

TEST(Device, AutoTakesWhatIsThereAndCudaInsists) {
    const bool cuda = at::globalContext().hasCUDA();
    EXPECT_EQ(pick_device("auto").is_cuda(), cuda);
    if (cuda) {
        EXPECT_TRUE(pick_device("cuda").is_cuda());
        return;
    }
    try {
        pick_device("cuda");
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Unsupported);
        EXPECT_NE(error.hint().find("train.device"), std::string::npos);
    }
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
