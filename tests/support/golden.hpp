// A file of the reference's numbers, and how near we have to come to them.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "support/gpu.hpp"
#include "support/places.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::support {

// Its tensors lie on the device that is tested: see test_device().
class GoldenFile : public tensor::WeightFile {
  public:
    using tensor::WeightFile::WeightFile;
    at::Tensor find(std::string_view name) const {
        const auto found = tensor::WeightFile::find(name);
        return found.defined() ? found.to(test_device()) : found;
    }
    at::Tensor get(std::string_view name) const { return tensor::WeightFile::get(name).to(test_device()); }
};

inline GoldenFile golden(const std::string& name) {
    return GoldenFile(support::root() / "tests" / "golden" / (name + ".safetensors"));
}

// Every number within `share` of the largest of the reference's.
inline void expect_near(const at::Tensor& ours, const at::Tensor& reference, double share,
                        const std::string& what) {
    ASSERT_TRUE(ours.defined()) << what;
    ASSERT_EQ(ours.sizes(), reference.sizes()) << what;
    EXPECT_EQ(ours.device().type(), test_device().type()) << what << " was worked out elsewhere";
    const auto largest = reference.abs().max().item<double>();
    EXPECT_GT(largest, 0) << what << ": the reference is empty";
    EXPECT_LE((ours - reference.to(ours.device())).abs().max().item<double>(), share * largest) << what;
}

}  // namespace lorikeet::support
