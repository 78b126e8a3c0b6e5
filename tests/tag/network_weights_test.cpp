#include "tag/network_weights.hpp"

#include <limits>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tag/golden_tagger.hpp"
#include "tensor/precision.hpp"

namespace lorikeet::tag {

namespace {

std::string complaint_with(const tensor::NamedTensors& weights) {
    const support::TempFolder folder;
    tensor::save_tensors(folder.path() / "model.safetensors", weights);
    const tensor::WeightFile file(folder.path() / "model.safetensors");
    const auto whole = weights_of_golden("tag_vit");
    std::vector<io::TensorEntry> entries;
    for (const auto& [name, tensor] : whole)
        entries.push_back({name, io::DType::F32, tensor.sizes().vec(), 0, 0});
    auto network = make_network(WeightShapes(entries), parse_model_config(config_of_golden("tag_vit"), "c"));
    try {
        load_weights(*network, file, {});
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(NetworkWeights, EveryWeightIsFoundUsedAndFinite) {
    auto weights = weights_of_golden("tag_vit");
    EXPECT_EQ(complaint_with(weights), "");
    auto more = weights;
    more["blocks.0.ls1.gamma"] = at::ones({32});
    EXPECT_NE(complaint_with(more).find(
                  "has 1 weight that this network has no place for, such as blocks.0.ls1.gamma"),
              std::string::npos);
    auto fewer = weights;
    fewer.erase("blocks.1.attn.qkv.weight");
    EXPECT_NE(complaint_with(fewer).find("blocks.1.attn.qkv.weight is missing"), std::string::npos);
    auto broken = weights;
    broken["blocks.1.norm2.bias"][3] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_NE(complaint_with(broken).find("a NaN in blocks.1.norm2.bias"), std::string::npos);
}

TEST(NetworkWeights, FilesIn16BitsAnswerNearlyTheSame) {
    const auto golden = support::golden("tag_convnext");
    const support::TempFolder folder;
    auto weights = weights_of_golden("tag_convnext");
    for (auto& [name, weight] : weights) weight = weight.to(at::kHalf);
    tensor::save_tensors(folder.path() / "model.safetensors", weights);
    const tensor::WeightFile file(folder.path() / "model.safetensors");
    auto network =
        make_network(WeightShapes(file.entries()), parse_model_config(config_of_golden("tag_convnext"), "c"));
    load_weights(*network, file, {at::kFloat, support::test_device()});
    const at::NoGradGuard no_gradient;
    support::expect_near((*network)(golden.get("pixels")), golden.get("logits"), 5e-3, "float16");
}

// Norms and the head stay float32, so tiny networks come near.
TEST(NetworkWeights, InBfloat16EveryNetworkAnswersNearlyTheSame) {
    for (const auto* name : {"tag_vit", "tag_vit_token", "tag_convnext", "tag_swinv2", "tag_eva02"}) {
        const auto golden = support::golden(name);
        const auto network = network_of_golden(name, at::kBFloat16);
        const at::NoGradGuard no_gradient;
        const tensor::Autocast autocast(support::test_device().type(), at::kBFloat16);
        const auto logits = (*network)(golden.get("pixels"));
        EXPECT_EQ(logits.scalar_type(), at::kFloat);
        support::expect_near(logits, golden.get("logits"), 3e-2, name);
    }
}

}  // namespace lorikeet::tag
