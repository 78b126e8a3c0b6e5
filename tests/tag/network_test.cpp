#include "tag/network.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tag/golden_tagger.hpp"

namespace lorikeet::tag {

namespace {

std::unique_ptr<TaggerNetwork> network_from(const std::string& golden, const std::string& config) {
    std::vector<io::TensorEntry> entries;
    for (const auto& [name, tensor] : weights_of_golden(golden))
        entries.push_back({name, io::DType::F32, tensor.sizes().vec(), 0, 0});
    return make_network(WeightShapes(entries), parse_model_config(config, "config.json"));
}

}  // namespace

TEST(TaggerNetwork, WhichItIsComesFromItsWeights) {
    for (const auto& [golden, name, side] : {std::tuple{"tag_vit", "ViT", 16},
                                             {"tag_convnext", "ConvNeXt", 32},
                                             {"tag_swinv2", "SwinV2", 32},
                                             {"tag_eva02", "EVA02", 28}}) {
        const auto network = network_from(golden, config_of_golden(golden));
        EXPECT_EQ(network->facts().name, name);
        EXPECT_EQ(network->facts().image_px, side) << name;
        EXPECT_EQ(network->facts().outputs, 9) << name;
    }
}

TEST(TaggerNetwork, AnotherIsRefused) {
    const WeightShapes other({{"conv1.weight", io::DType::F32, {4, 3, 7, 7}, 0, 0}});
    EXPECT_THROW(make_network(other, {}), base::Error);
    EXPECT_THROW(network_from("tag_vit", R"({"num_classes": 10, "model_args": {"num_heads": 2}})"),
                 base::Error);
}

TEST(TaggerNetwork, TheHeadIsExactWhateverLayersComputeIn) {
    ScoreHead head{2, 1, at::tensor({1.0F, 0.0F}).view({1, 2}), at::tensor({1e-4F})};
    EXPECT_FLOAT_EQ(head(at::tensor({1.001F, 5.0F}).view({1, 2})).item<float>(), 1.0011F);
    EXPECT_NEAR(activate(Activation::Gelu, at::ones({1})).item<double>(), 0.841345, 1e-5);
    EXPECT_NEAR(activate(Activation::GeluTanh, at::ones({1})).item<double>(), 0.841192, 1e-5);
}

}  // namespace lorikeet::tag
