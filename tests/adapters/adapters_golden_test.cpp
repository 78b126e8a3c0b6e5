#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "adapters/surgery.hpp"
#include "base/file.hpp"
#include "support/golden.hpp"
#include "support/temp_folder.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::adapters {

using support::expect_near;
using support::golden;

namespace {

struct LayerCase {
    std::string name;
    bool is_conv;
    nn::ConvShape shape;
};

// A layer of either kind, in whose slot a LoRA may sit.
struct Layer {
    nn::Linear linear;
    nn::Conv2d conv;
    bool is_conv;

    Layer(const LayerCase& layer_case, const at::Tensor& weight, const at::Tensor& bias)
        : is_conv(layer_case.is_conv) {
        conv.shape = layer_case.shape;
        linear.weight = conv.weight = weight;
        linear.bias = conv.bias = bias;
    }
    at::Tensor operator()(const at::Tensor& x) const { return is_conv ? conv(x) : linear(x); }
    Target target(const LayerCase& layer_case) {
        return {.path = "layer",
                .name = "lora_unet_layer",
                .half = Half::Unet,
                .part = nn::BlockKind::Transformer,
                .is_conv = is_conv,
                .shape = layer_case.shape,
                .slot = is_conv ? &conv.slot : &linear.slot,
                .weight = is_conv ? &conv.weight : &linear.weight};
    }
};

class LoraGolden : public testing::TestWithParam<LayerCase> {};
class MergeGolden : public testing::TestWithParam<LayerCase> {};

const LayerCase kLinear{"linear", false, {6, 5, 1, 1, 0}};
const LayerCase kConv{"conv", true, {6, 5, 1, 1, 0}};
const LayerCase kConv3{"conv3", true, {6, 5, 3, 2, 1}};

}  // namespace

TEST_P(LoraGolden, ResultAndGradientsAreThoseOfPeft) {
    const auto file = golden("lora_" + GetParam().name);
    Layer layer(GetParam(), file.get("weight"), file.get("bias"));
    const double alpha = std::stod(file.metadata().at("alpha"));
    const Network network(
        {{layer.target(GetParam()), &kPlainLora, lora_tensors(file.get("down"), file.get("up"), alpha)}},
        {.device = support::test_device()}, 1);
    auto x = file.get("x").clone().requires_grad_();
    const auto y = layer(x);
    (y * file.get("slope")).sum().backward();
    const auto parameters = network.parameters(Half::Unet).tensors;
    expect_near(y.detach(), file.get("y"), 1e-6, "y");
    expect_near(x.grad(), file.get("grad.x"), 1e-6, "grad of x");
    expect_near(parameters[0].grad(), file.get("grad.down"), 1e-6, "grad of down");
    expect_near(parameters[1].grad(), file.get("grad.up"), 1e-6, "grad of up");
}
INSTANTIATE_TEST_SUITE_P(All, LoraGolden, testing::Values(kLinear, kConv, kConv3));

TEST_P(MergeGolden, WeightsAreThoseOfPeft) {
    const auto file = golden("lora_merge");
    const auto prefix = GetParam().name + ".";
    const auto before = file.get(prefix + "weight").clone();
    Layer layer(GetParam(), before, {});
    LoraFile lora;
    lora.entries["lora_unet_layer"] = {&kPlainLora,
                                       lora_tensors(file.get(prefix + "down"), file.get(prefix + "up"),
                                                    std::stod(file.metadata().at("alpha")))};
    const auto target = layer.target(GetParam());
    EXPECT_TRUE(merge(lora, {target}, 1).empty());
    expect_near(*target.weight, file.get(prefix + "merged"), 1e-6, "merged");
    EXPECT_TRUE(at::equal(before, file.get(prefix + "weight")));  // replaced, not written into
}
INSTANTIATE_TEST_SUITE_P(All, MergeGolden, testing::Values(kLinear, kConv, kConv3));

TEST(LoraFileGolden, BytesAreThoseOfTheSafetensorsPackage) {
    const auto file = golden("lora_file");
    tensor::NamedTensors tensors;
    for (const auto& entry : file.entries())
        if (entry.name != "file") tensors[entry.name] = file.get(entry.name);

    std::vector<Given> given;
    std::vector<nn::AdapterSlot> slots(3);
    for (const auto& [name, entry] : parse_lora(tensors, {}, "golden").entries) {
        Target target{.name = name, .shape = {}, .slot = &slots[given.size()]};
        target.is_conv = entry.tensors.at(".lora_down.weight").dim() == 4;
        given.push_back({target, entry.kind, entry.tensors});
    }
    const Network network(std::move(given), {}, 1);
    const support::TempFolder folder;
    const auto path = folder.path() / "lora.safetensors";
    save_lora(path, network, at::kHalf, {{"ss_network_dim", "2"}});
    const tensor::WeightFile saved(path);
    EXPECT_EQ(saved.metadata().at("sshs_model_hash"), file.metadata().at("model_hash"));
    EXPECT_EQ(saved.metadata().at("sshs_legacy_hash"), file.metadata().at("legacy_hash"));

    for (auto& [name, tensor] : tensors) tensor = saved.get(name).clone();
    tensor::save_tensors(path, tensors, {{"ss_network_dim", "2"}});
    const auto bytes = base::read_text(path);
    const auto wanted = file.get("file");
    EXPECT_EQ(bytes, std::string(reinterpret_cast<const char*>(wanted.const_data_ptr<std::uint8_t>()),
                                 static_cast<std::size_t>(wanted.numel())));
}

TEST(LoraFileGolden, LegacyHashIsTakenFromTheSecondMebibyte) {
    const auto file = golden("lora_file");
    const tensor::NamedTensors large{{"a", at::arange(300'000, at::kFloat)}, {"b", at::arange(7)}};
    EXPECT_EQ(tensor::legacy_hash(large, {{"ss_network_dim", "2"}}),
              file.metadata().at("legacy_hash_of_large"));
}

}  // namespace lorikeet::adapters
