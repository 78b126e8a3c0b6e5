#include "models/quantized.hpp"

#include <gtest/gtest.h>

#include "models/changed_checkpoint.hpp"
#include "models/spec.hpp"

namespace lorikeet::models {
namespace {

constexpr auto kLayer = "model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q.";

std::string message_for(const std::string& name, const at::Tensor& tensor) {
    Changed file;
    file.tensors[name] = tensor;
    const auto path = file.save();
    return message_of([&] { spec_of(io::SafetensorsFile(path)); });
}

}  // namespace

TEST(Quantized, ScalesAreOneNumberOrOneForEachOutputOrBlock) {
    const auto weight = at::arange(1, 9, at::kFloat).view({2, 4}).to(at::kFloat8_e5m2);
    const auto wide = weight.to(at::kFloat);
    for (const auto& one : {at::scalar_tensor(0.3F), at::full({1}, 0.3F), at::full({1, 1}, 0.3F)})
        EXPECT_TRUE(at::equal(with_scale(weight, one, "a"), wide * 0.3F));
    const auto rows = at::tensor({2.F, 3.F});
    for (const auto& each : {rows, rows.view({2, 1})})
        EXPECT_TRUE(at::equal(with_scale(weight, each, "a"), wide * rows.view({2, 1})));
    const auto blocks = at::tensor({1.F, 2.F, 3.F, 4.F}).view({2, 2, 1});
    const auto each = at::tensor({1.F, 1.F, 2.F, 2.F, 3.F, 3.F, 4.F, 4.F}).view({2, 4});
    EXPECT_TRUE(at::equal(with_scale(weight, blocks, "a"), wide * each));
    EXPECT_TRUE(holds(message_of([&] { with_scale(weight, at::ones({3}), "a.weight"); }),
                      "The scale of a.weight has the shape [3]"));
}

TEST(Quantized, KnowsTheNamesOfScales) {
    for (const auto* name : {"a.scale_weight", "a.weight_scale", "a.scale_input", "a.input_scale",
                             "scaled_fp8", "model.diffusion_model.scaled_fp8", "a.comfy_quant"})
        EXPECT_TRUE(belongs_to_scales(name)) << name;
    for (const auto* name : {"a.weight", "cond_stage_model.logit_scale", "a.grayscale_weight"})
        EXPECT_FALSE(belongs_to_scales(name)) << name;
}

TEST(Quantized, WhatWouldBeReadAsOtherNumbersIsRefused) {
    const std::string layer = kLayer;
    EXPECT_TRUE(holds(message_for(layer + "qweight", at::zeros({2}, at::kInt)), "as GPTQ or AWQ does"));
    EXPECT_TRUE(holds(message_for(layer + "absmax", at::zeros({2})), "as bitsandbytes does"));
    EXPECT_TRUE(holds(message_for(layer + "weight_scale_2", at::zeros({1})), "as NVFP4 does"));
    EXPECT_TRUE(holds(message_for("somewhere.scale_weight", at::ones({1})), "and not its weight"));
    Changed file;
    const auto& weight = file.tensors[layer + "weight"];
    file.tensors[layer + "weight"] = at::ones_like(weight, at::kChar);
    file.tensors[layer + "weight_scale"] = at::ones({1});
    const auto path = file.save();
    EXPECT_TRUE(holds(message_of([&] { spec_of(io::SafetensorsFile(path)); }), "as I8 with a scale of F32"));
    EXPECT_EQ(message_for(layer + "scale_weight", at::ones({1})), "nothing was thrown");
}

}  // namespace lorikeet::models
