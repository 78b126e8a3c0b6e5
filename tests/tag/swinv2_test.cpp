#include "tag/swinv2.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/visitors.hpp"
#include "tag/golden_tagger.hpp"

namespace lorikeet::tag {

TEST(SwinV2Golden, AnswersAsTimmDoes) { expect_as_timm("tag_swinv2"); }

TEST(SwinV2, SwinV2BaseHasItsSizes) {
    SwinV2 network({.stages = {{128, 2, 4, 512}, {256, 2, 8, 1024}, {512, 18, 16, 2048}, {1024, 2, 32, 4096}},
                    .outputs = 10861});
    nn::CountWeights count;
    network.visit(count);
    EXPECT_EQ(count.tensors, 425);
}

TEST(SwinV2, WindowsThatDoNotDivideTheImageAreRefused) {
    const auto weights = weights_of_golden("tag_swinv2");
    std::vector<io::TensorEntry> entries;
    for (const auto& [name, tensor] : weights)
        entries.push_back({name, io::DType::F32, tensor.sizes().vec(), 0, 0});
    const WeightShapes shapes(entries);
    const auto with = [&](const std::string& arguments) {
        return SwinV2::spec_of(
            shapes,
            parse_model_config(
                R"({"architecture": "swinv2_base_window8_256", "model_args": )" + arguments + "}", "c"));
    };
    EXPECT_EQ(with(R"({"img_size": 32, "window_size": 4})").window, 4);
    EXPECT_THROW(with(R"({"img_size": 32, "window_size": 3})"), base::Error);
    EXPECT_THROW(with(R"({"img_size": 448})"), base::Error) << "which window it has is not said";
    EXPECT_EQ(SwinV2::spec_of(shapes, {}).window, 14) << "as WD v3 has it";
}

}  // namespace lorikeet::tag
