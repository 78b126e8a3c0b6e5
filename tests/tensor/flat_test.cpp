#include "tensor/flat.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace lorikeet::tensor {
namespace {

std::vector<at::Tensor> laid(std::initializer_list<at::IntArrayRef> shapes) {
    std::vector<at::Tensor> tensors;
    for (const auto shape : shapes) tensors.push_back(at::randn(shape));
    const auto views = lay_flat(tensors, at::kCPU, at::kFloat);
    for (std::size_t i = 0; i < views.size(); ++i) EXPECT_TRUE(at::equal(views[i], tensors[i])) << i;
    return views;
}

}  // namespace

TEST(Flat, OneFollowsTheOtherAndAStretchIsAllOfThem) {
    const auto views = laid({{4, 8}, {64}, {2, 16, 1, 1}});
    EXPECT_TRUE(is_followed_by(views[0], views[1]));
    EXPECT_TRUE(is_followed_by(views[1], views[2]));
    EXPECT_FALSE(is_followed_by(views[0], views[2]));
    EXPECT_FALSE(is_followed_by(views[1], views[0]));
    const auto all = stretch_from(views[0], 128);
    EXPECT_TRUE(at::equal(all, at::cat({views[0].flatten(), views[1], views[2].flatten()})));
    all.zero_();
    EXPECT_EQ(views[2].abs().sum().item<float>(), 0) << "shared, not copied";
    EXPECT_TRUE(at::equal(stretch_from(views[1], 96), at::zeros({96})));
}

// A kernel may round otherwise where its operand does not begin at a cache line.
TEST(Flat, EachBeginsAtACacheLineAndOneThatEndsElsewhereEndsAStretch) {
    const auto views = laid({{3}, {16}, {17}, {1, 16}});
    for (const auto& view : views)
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view.const_data_ptr()) % 64, 0U);
    for (const auto& view : views) EXPECT_EQ(view.storage_offset() % 16, 0);
    EXPECT_FALSE(is_followed_by(views[0], views[1]));
    EXPECT_TRUE(is_followed_by(views[1], views[2]));
    EXPECT_FALSE(is_followed_by(views[2], views[3]));
}

TEST(Flat, OtherMemoryOtherTypesAndOtherOrdersDoNotFollow) {
    const auto views = laid({{4, 8}, {4, 8}});
    EXPECT_FALSE(is_followed_by(views[0], views[1].clone()));
    EXPECT_FALSE(is_followed_by(views[0], views[1].t()));
    EXPECT_FALSE(is_followed_by(views[0].view(at::kInt), views[1]));
    EXPECT_TRUE(is_followed_by(views[0], views[1].view({32})));
    EXPECT_EQ(lay_flat({at::ones({2})}, at::kCPU, at::kBFloat16)[0].scalar_type(), at::kBFloat16);
    EXPECT_TRUE(lay_flat({}, at::kCPU, at::kFloat).empty());
}

// Where memory is rehearsed tensors have places and no addresses.
TEST(Flat, OnTheMetaDeviceOneFollowsTheOtherToo) {
    const auto views = lay_flat({at::ones({32}), at::ones({32})}, at::kMeta, at::kFloat);
    EXPECT_TRUE(is_followed_by(views[0], views[1]));
    EXPECT_EQ(stretch_from(views[0], 64).numel(), 64);
    const auto other = lay_flat({at::ones({32})}, at::kMeta, at::kFloat);
    EXPECT_FALSE(is_followed_by(other[0], views[1]));
}

}  // namespace lorikeet::tensor
