// The GPU of a test. A suite whose name ends in Gpu begins with LORIKEET_NEEDS_GPU, and is skipped where there is none.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

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

// Where golden tests compute: the processor, or the GPU when LORIKEET_TEST_DEVICE is "cuda" (the tests of label gpu). Without
// one the program ends as skipped.
inline at::Device test_device() {
    static const at::Device device = [] {
        const char* wanted = std::getenv("LORIKEET_TEST_DEVICE");
        if (wanted == nullptr || std::string_view(wanted) != "cuda") return at::Device(at::kCPU);
        if (const auto& cuda = tensor::look_for_cuda(); !cuda.found) {
            std::fprintf(stderr, "skipped: %s\n", cuda.cause.c_str());
            std::exit(77);
        }
        return gpu();
    }();
    return device;
}

}  // namespace lorikeet::support
