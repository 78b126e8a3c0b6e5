#include "tensor/out_of_memory.hpp"

#include <limits>
#include <new>
#include <stdexcept>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace lorikeet::tensor {

TEST(OutOfMemory, IsToldFromOtherTrouble) {
    EXPECT_TRUE(is_out_of_memory(std::bad_alloc()));
    EXPECT_TRUE(is_out_of_memory(c10::OutOfMemoryError({"here", "here.cpp", 1}, "CUDA out of memory.")));
    EXPECT_FALSE(is_out_of_memory(std::runtime_error("an image is broken")));
    EXPECT_FALSE(is_out_of_memory(c10::Error({"here", "here.cpp", 1}, "shapes do not fit")));
}

TEST(OutOfMemory, IsWhatTheProcessorsAllocatorThrows) {
    try {
        at::empty({std::numeric_limits<std::int64_t>::max() / 64},
                  at::kDouble);  // more than any machine addresses
        FAIL() << "it was there";
    } catch (const std::exception& error) {
        EXPECT_TRUE(is_out_of_memory(error)) << error.what();
    }
}

}  // namespace lorikeet::tensor
