#include "tag/convnext.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/visitors.hpp"
#include "tag/golden_tagger.hpp"

namespace lorikeet::tag {

TEST(ConvNextGolden, AnswersAsTimmDoes) { expect_as_timm("tag_convnext"); }

TEST(ConvNext, ConvNextBaseHasItsSizes) {
    ConvNext network(
        {.stages = {{128, 3, 512}, {256, 3, 1024}, {512, 27, 2048}, {1024, 3, 4096}}, .outputs = 10861});
    nn::CountWeights count;
    network.visit(count);
    EXPECT_EQ(count.tensors, 344);
    EXPECT_EQ(network.facts().image_px, 448);
}

TEST(ConvNext, HasNoClassToken) {
    const auto weights = weights_of_golden("tag_convnext");
    std::vector<io::TensorEntry> entries;
    for (const auto& [name, tensor] : weights)
        entries.push_back({name, io::DType::F32, tensor.sizes().vec(), 0, 0});
    EXPECT_THROW(
        ConvNext::spec_of(WeightShapes(entries), parse_model_config(R"({"global_pool": "token"})", "c")),
        base::Error);
    EXPECT_EQ(ConvNext::spec_of(WeightShapes(entries), {}).stages.size(), 4U);
}

}  // namespace lorikeet::tag
