#include "studio/lora_desk.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::studio {
namespace {

constexpr const char* kLayer = "model.diffusion_model.input_blocks.1.1.proj_in.weight";

// A LoRA of rank 2 for one 1 x 1 convolution of the U-Net, and one module that no model has.
base::Path save_lora(const base::Path& folder, const at::Tensor& down, const at::Tensor& up) {
    const auto file = folder / "style.safetensors";
    tensor::NamedTensors tensors;
    for (const auto& [part, value] :
         {std::pair{"lora_down.weight", down}, {"lora_up.weight", up}, {"alpha", at::full({}, 1.0)}})
        tensors[std::string("lora_unet_down_blocks_0_attentions_0_proj_in.") + part] = value;
    tensors["lora_unet_nowhere.lora_down.weight"] = at::ones({1, 4});
    tensors["lora_unet_nowhere.lora_up.weight"] = at::ones({4, 1});
    tensor::save_tensors(file, tensors);
    return file;
}

}  // namespace

TEST(LoraDesk, MergingChangesTheNamedLayerByItsProductAndNothingElse) {
    const support::TempFolder folder;
    const tensor::WeightFile before(support::tiny_checkpoint());
    const auto weight = before.get(kLayer);
    const auto down = at::randn({2, weight.size(1), 1, 1}), up = at::randn({weight.size(0), 2, 1, 1});
    MergeRequest request{support::tiny_checkpoint().string(),
                         {{save_lora(folder.path(), down, up), 0.5}},
                         folder.path() / "merged.safetensors"};
    const auto report = merge(request);
    EXPECT_EQ(report.modules, 1);
    EXPECT_EQ(report.unknown, 1);

    const tensor::WeightFile after(request.out);
    ASSERT_EQ(after.entries().size(), before.entries().size());
    for (const auto& entry : before.entries()) {
        if (entry.name == kLayer) continue;
        EXPECT_TRUE(at::equal(after.get(entry.name), before.get(entry.name))) << entry.name;
    }
    const double scale = 0.5 * 1.0 / 2;  // strength, alpha / rank
    const auto wanted = weight + scale * at::mm(up.flatten(1), down.flatten(1)).view_as(weight);
    EXPECT_TRUE(at::allclose(after.get(kLayer), wanted, 1e-5, 1e-6));
}

TEST(LoraDesk, NumbersKeepTheirKindAndMetadataTellsWhatWasMerged) {
    const support::TempFolder folder;
    auto spec = models::tiny_sd1_spec();
    const auto base_file = folder.path() / "half.safetensors";
    models::save_random_checkpoint(base_file, spec, at::kHalf, 3);
    const auto weight = tensor::WeightFile(base_file).get(kLayer);
    const auto lora =
        save_lora(folder.path(), at::randn({2, weight.size(1), 1, 1}), at::randn({weight.size(0), 2, 1, 1}));
    merge({base_file.string(), {{lora, 1}}, folder.path() / "merged.safetensors"});
    const tensor::WeightFile after(folder.path() / "merged.safetensors");
    EXPECT_EQ(after.get(kLayer).scalar_type(), at::kHalf);
    EXPECT_EQ(after.metadata().at("modelspec.merged_from"), "half.safetensors, style.safetensors:1");
    EXPECT_EQ(after.metadata().at("lorikeet.unet.groups"),
              tensor::WeightFile(base_file).metadata().at("lorikeet.unet.groups"));
}

// q, k and v of a layer lie in one tensor there.
TEST(LoraDesk, MergesIntoAThirdOfATensorOfSdxl) {
    const support::TempFolder folder;
    const std::string fused = "conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight";
    const std::string layer = "lora_te2_text_model_encoder_layers_0_self_attn_k_proj.";
    const tensor::WeightFile before(support::tiny_sdxl_checkpoint());
    const auto down = at::randn({2, 48}), up = at::randn({48, 2});
    const auto lora = folder.path() / "style.safetensors";
    tensor::save_tensors(lora, {{layer + "lora_down.weight", down}, {layer + "lora_up.weight", up}});
    const auto out = folder.path() / "merged.safetensors";
    EXPECT_EQ(merge({support::tiny_sdxl_checkpoint().string(), {{lora, 1}}, out}).modules, 1);
    auto wanted = before.get(fused).clone();
    wanted.narrow(0, 48, 48) += at::mm(up, down);
    const tensor::WeightFile after(out);
    for (const auto& entry : before.entries())
        EXPECT_TRUE(at::allclose(after.get(entry.name), entry.name == fused ? wanted : before.get(entry.name),
                                 1e-5, 1e-6))
            << entry.name;
}

TEST(LoraDesk, ALoraForAnotherFamilyIsRefusedByName) {
    const support::TempFolder folder;
    const auto lora = save_lora(folder.path(), at::randn({2, 32, 1, 1}), at::randn({32, 2, 1, 1}));
    try {
        merge({support::tiny_sdxl_checkpoint().string(), {{lora, 1}}, folder.path() / "merged.safetensors"});
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("for Stable Diffusion 1.x"), std::string::npos)
            << error.what();
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "merged.safetensors"));
}

TEST(LoraDesk, AFolderThatIsNotThereIsFoundBeforeTheWork) {
    try {
        merge({"/nowhere/model.safetensors",
               {{"/nowhere/lora.safetensors", 1}},
               "/nowhere/at/all.safetensors"});
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(std::string(error.what()), "There is no folder /nowhere/at.");
        EXPECT_EQ(base::exit_code(error.code()), 2);
    }
}

TEST(LoraDesk, NothingIsWrittenOver) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "mine.safetensors", "x");
    try {
        merge({support::tiny_checkpoint().string(), {}, folder.path() / "mine.safetensors"});
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
    }
    EXPECT_EQ(base::read_text(folder.path() / "mine.safetensors"), "x");
}

}  // namespace lorikeet::studio
