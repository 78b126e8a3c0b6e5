#include "adapters/surgery.hpp"

#include <gtest/gtest.h>

#include "adapters/tiny_model.hpp"
#include "base/error.hpp"

namespace lorikeet::adapters {

TEST(Merge, ThenRunIsRunWithTheAdapter) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        TinyModel model(seed);
        at::Tensor with_adapter;
        LoraFile file;
        {
            Network network(model.targets(Reach::Everything), {.rank = 2, .alpha = 3}, seed);
            make_busy(network);
            network.set_strength(0.7);
            with_adapter = model(images());
            file = parse_lora(network.tensors(), {}, "test");
        }
        EXPECT_TRUE(merge(file, model.targets(Reach::Everything), 0.7).empty());
        const auto merged = model(images());
        EXPECT_TRUE(at::allclose(merged, with_adapter, 1e-5, 1e-5 * merged.abs().max().item<double>()))
            << "seed " << seed;
    }
}

TEST(Merge, ASumThatIsTooLargeIsNamedAndFp8BecomesFloat16) {
    TinyModel model(1);
    const auto lora = [](float size) {
        return parse_lora({{"lora_unet_blocks_0_first.lora_down.weight", at::full({2, 6}, size)},
                           {"lora_unet_blocks_0_first.lora_up.weight", at::full({8, 2}, size)}},
                          {}, "x.safetensors");
    };
    model.first.weight = model.first.weight.to(at::kFloat8_e4m3fn);
    const auto before = model.first.weight.to(at::kFloat);
    merge(lora(0.01F), model.targets(), 1);
    EXPECT_EQ(model.first.weight.scalar_type(), at::kHalf);
    EXPECT_TRUE(at::allclose(model.first.weight.to(at::kFloat), before + 0.0002, 1e-3, 1e-5));
    EXPECT_THROW(merge(lora(1000), model.targets(), 1), base::Error);
}

TEST(Merge, RefusesALoraOfWhichMostHasNoPlace) {
    TinyModel model(1);
    tensor::NamedTensors tensors;
    const auto add = [&](const std::string& layer) {
        tensors[layer + ".lora_down.weight"] = at::full({2, 6}, 0.1F);
        tensors[layer + ".lora_up.weight"] = at::full({8, 2}, 0.1F);
    };
    add("lora_unet_blocks_0_first");
    add("lora_unet_elsewhere_a");
    EXPECT_EQ(merge(parse_lora(tensors, {}, "x.safetensors"), model.targets(), 1).size(),
              1);  // told by the caller
    add("lora_unet_elsewhere_b");
    const auto before = model.first.weight.clone();
    try {
        merge(parse_lora(tensors, {}, "x.safetensors"), model.targets(), 1);
        ADD_FAILURE() << "two of three layers have no place";
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("2 of the 3 layers of x.safetensors"), std::string::npos)
            << error.what();
    }
    EXPECT_TRUE(at::equal(model.first.weight, before));
}

}  // namespace lorikeet::adapters
