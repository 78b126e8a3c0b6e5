#include "tag/eva02.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/visitors.hpp"
#include "tag/golden_tagger.hpp"

namespace lorikeet::tag {

TEST(Eva02Golden, AnswersAsTimmDoes) { expect_as_timm("tag_eva02"); }

TEST(Eva02, Eva02LargeHasItsSizes) {
    Eva02 network({.outputs = 10861});
    nn::CountWeights count;
    network.visit(count);
    EXPECT_EQ(count.tensors, 464);
    EXPECT_EQ(network.facts().name, "EVA02-large");
    EXPECT_EQ(network.facts().image_px, 448);
}

}  // namespace lorikeet::tag
