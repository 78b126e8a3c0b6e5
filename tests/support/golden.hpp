// A file of the reference's numbers, and how near we have to come to them.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "support/places.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::support {

inline tensor::WeightFile golden(const std::string& name) {
    return tensor::WeightFile(support::root() / "tests" / "golden" / (name + ".safetensors"));
}

// Every number within `share` of the largest of the reference's.
inline void expect_near(const at::Tensor& ours, const at::Tensor& reference, double share,
                        const std::string& what) {
    ASSERT_TRUE(ours.defined()) << what;
    ASSERT_EQ(ours.sizes(), reference.sizes()) << what;
    const auto largest = reference.abs().max().item<double>();
    EXPECT_GT(largest, 0) << what << ": the reference is empty";
    EXPECT_LE((ours - reference).abs().max().item<double>(), share * largest) << what;
}

}  // namespace lorikeet::support
