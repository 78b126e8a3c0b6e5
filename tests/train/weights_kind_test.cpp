#include "train/weights_kind.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"
#include "support/toy_kind.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {

TEST(WeightsKind, AnAdapterWithARowIsALoraUnderItsOwnWords) {
    const support::TempFolder folder;
    const auto path = folder.path() / "a.safetensors";
    const auto told = [&](const tensor::NamedTensors& tensors) {
        tensor::save_tensors(path, tensors);
        const auto seen = weights_kind(io::SafetensorsFile(path));
        EXPECT_EQ(seen.family, nullptr);
        return std::pair(seen.kind, std::string(seen.words));
    };
    const auto any = at::zeros({2, 2});
    const std::pair lora(models::FileKind::KohyaLora, std::string("a LoRA"));
    const tensor::NamedTensors toys{{"lora_unet_a.output_scale", at::zeros({2})}};
    EXPECT_EQ(told(toys).first, models::FileKind::Unknown);
    const support::ToyKind toy;
    EXPECT_EQ(told(toys), std::pair(models::FileKind::KohyaLora, std::string("a toy adapter")));
    EXPECT_EQ(told({{"lora_unet_a.lora_down.weight", any}, {"lora_unet_a.lora_up.weight", any}}), lora);
    EXPECT_EQ(told({{"lora_unet_a.hada_w1_a", any}}).first, models::FileKind::Loha) << "it has no row";
    const auto checkpoint = weights_kind(io::SafetensorsFile(support::tiny_checkpoint()));
    EXPECT_EQ(checkpoint.kind, models::FileKind::Checkpoint);
    ASSERT_NE(checkpoint.family, nullptr);
    EXPECT_EQ(checkpoint.family->name, "Stable Diffusion 1.x");
}

}  // namespace lorikeet::train
