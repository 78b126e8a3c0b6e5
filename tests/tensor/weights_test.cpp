#include "tensor/weights.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::tensor {

TEST(WeightFile, GivesBackEveryTypeBitForBit) {
    const support::TempFolder folder;
    const auto file = folder.path() / "weights.safetensors";
    NamedTensors saved;
    for (const auto type :
         {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kByte})
        saved[std::string(name_of(type))] = at::arange(6).view({2, 3}).to(type);
    saved["turned"] = at::arange(6, at::kFloat).view({2, 3}).t();  // not contiguous
    saved["nothing"] = at::empty({0, 4});
    saved["a number"] = at::scalar_tensor(2.5);
    save_tensors(file, saved, {{"made by", "a test"}});

    const WeightFile read(file);
    EXPECT_EQ(read.entries().size(), saved.size());
    EXPECT_EQ(read.metadata().at("made by"), "a test");
    for (const auto& [name, tensor] : saved) {
        EXPECT_EQ(read.get(name).scalar_type(), tensor.scalar_type()) << name;
        EXPECT_TRUE(at::equal(read.get(name), tensor)) << name;
    }
}

TEST(WeightFile, ATensorOutlivesTheFileItCameFrom) {
    const support::TempFolder folder;
    const auto file = folder.path() / "weights.safetensors";
    save_tensors(file, {{"w", at::full({1000}, 3.0)}});
    const auto tensor = WeightFile(file).get("w");
    EXPECT_EQ(tensor.sum().item<double>(), 3000);
}

TEST(WeightFile, WhatIsMissingIsNamed) {
    const support::TempFolder folder;
    const auto file = folder.path() / "weights.safetensors";
    save_tensors(file, {{"w", at::zeros({1})}});
    const WeightFile read(file);
    EXPECT_FALSE(read.has("v"));
    EXPECT_FALSE(read.find("v").defined());
    try {
        read.get("v");
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
        EXPECT_NE(std::string(error.what()).find("the tensor v is missing"), std::string::npos);
    }
}

TEST(Weights, TheHashDependsOnContentAndNotOnMetadata) {
    const NamedTensors one{{"w", at::ones({4})}}, other{{"w", at::zeros({4})}};
    EXPECT_EQ(payload_sha256(one), payload_sha256({{"w", at::ones({4})}}));
    EXPECT_NE(payload_sha256(one), payload_sha256(other));
    EXPECT_EQ(payload_sha256(one).size(), 64U);
}

TEST(Weights, ATypeThatNoFileCanHoldIsRefused) {
    EXPECT_THROW(to_dtype(at::kComplexFloat), base::Error);
    EXPECT_EQ(to_scalar_type(to_dtype(at::kBFloat16)), at::kBFloat16);
    EXPECT_EQ(name_of(at::kBFloat16), "bfloat16");
}

}  // namespace lorikeet::tensor
