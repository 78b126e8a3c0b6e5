// The GPU of a test. A suite whose name ends in Gpu begins with LORIKEET_NEEDS_GPU, and is skipped where there is none.
#pragma once

#include <gtest/gtest.h>

#include "tensor/cuda.hpp"
#include "tensor/device.hpp"

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): skipping returns from the test itself
#define LORIKEET_NEEDS_GPU() \
    if (!lorikeet::tensor::look_for_cuda().found) GTEST_SKIP() << lorikeet::tensor::look_for_cuda().cause

namespace lorikeet::support {

inline at::Device gpu() {
    tensor::allow_tf32(false);
    return tensor::pick_device("cuda");
}

}  // namespace lorikeet::support
