#include "studio/lora_desk.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <unistd.h>

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
    EXPECT_EQ(report.layers, 1);
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

TEST(LoraDesk, ALayerCountsOnceAndOnlyWhenItsNumbersAreOtherOnes) {
    const support::TempFolder folder;
    const auto weight = tensor::WeightFile(support::tiny_checkpoint()).get(kLayer);
    const auto down = at::randn({2, weight.size(1), 1, 1}), up = at::randn({weight.size(0), 2, 1, 1});
    int files = 0;
    const auto merged = [&](const std::vector<LoraUse>& loras) {
        return merge({support::tiny_checkpoint().string(), loras,
                      folder.path() / ("merged" + std::to_string(++files) + ".safetensors")});
    };
    const auto notes_of = [](const MergeReport& report) {
        std::string text;
        for (const auto& note : report.notes) text += note + "\n";
        return text;
    };
    const auto style = save_lora(folder.path(), down, up);
    const auto twice = merged({{style, 0.5}, {style, 0.25}});
    EXPECT_EQ(twice.layers, 1) << "one layer, whoever changes it";
    EXPECT_EQ(twice.unchanged, 0);
    EXPECT_EQ(twice.notes.size(), 1U) << notes_of(twice);
    for (const auto& loras : {std::vector<LoraUse>{{style, 0}}, {{style, 1e-30}}}) {
        const auto none = merged(loras);
        EXPECT_EQ(none.layers, 0);
        EXPECT_EQ(none.unchanged, 1);
        EXPECT_NE(notes_of(none).find("No layer changed: what was added is zero"), std::string::npos)
            << notes_of(none);
    }
    const auto flat = merged({{save_lora(folder.path(), down, at::zeros_like(up)), 1}});
    EXPECT_EQ(flat.layers, 0);
    EXPECT_NE(notes_of(flat).find("No layer changed"), std::string::npos) << notes_of(flat);
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
    EXPECT_EQ(merge({support::tiny_sdxl_checkpoint().string(), {{lora, 1}}, out}).layers, 1);
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
        EXPECT_EQ(std::string(error.what()), "There is no folder /nowhere/at to write to.");
        EXPECT_EQ(base::exit_code(error.code()), 2);
    }
}

TEST(LoraDesk, ACheckpointIsNoLora) {
    const support::TempFolder folder;
    const auto tiny = support::tiny_checkpoint();
    try {
        merge({tiny.string(), {{tiny, 1}}, folder.path() / "merged.safetensors"});
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("is a Stable Diffusion 1.x checkpoint, not a LoRA."),
                  std::string::npos)
            << error.what();
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

namespace {

std::string refusal_of(const MergeRequest& request) {
    try {
        merge(request);
    } catch (const base::Error& error) {
        return std::string(error.what()) + " " + error.hint();
    }
    return "nothing was thrown";
}

base::Path save_sound_lora(const base::Path& folder) {
    const auto weight = tensor::WeightFile(support::tiny_checkpoint()).get(kLayer);
    return save_lora(folder, at::randn({2, weight.size(1), 1, 1}), at::randn({weight.size(0), 2, 1, 1}));
}

}  // namespace

TEST(LoraDesk, NotANumberIsNeverMerged) {
    const support::TempFolder folder;
    const auto out = folder.path() / "merged.safetensors";
    const auto weight = tensor::WeightFile(support::tiny_checkpoint()).get(kLayer);
    auto up = at::randn({weight.size(0), 2, 1, 1});
    up.view(-1)[0] = std::numeric_limits<float>::quiet_NaN();
    const auto lora = save_lora(folder.path(), at::randn({2, weight.size(1), 1, 1}), up);
    EXPECT_NE(
        refusal_of({support::tiny_checkpoint().string(), {{lora, 1}}, out})
            .find("lora_unet_down_blocks_0_attentions_0_proj_in holds a NaN in lora_up. Its training went"),
        std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(out));

    const auto sound = save_sound_lora(folder.path());
    const tensor::WeightFile plain(support::tiny_checkpoint());
    tensor::NamedTensors tensors{{"cond_stage_model.attn_mask", at::full({4}, -INFINITY)}};
    for (const auto& entry : plain.entries()) tensors[entry.name] = plain.get(entry.name);
    const auto odd = folder.path() / "odd.safetensors";
    tensor::save_tensors(odd, tensors, plain.metadata());
    const auto report = merge({odd.string(), {{sound, 1}}, out});  // nothing uses the mask
    ASSERT_EQ(report.notes.size(), 2U);
    EXPECT_NE(report.notes[0].find("4 infinities in cond_stage_model.attn_mask"), std::string::npos);
    const auto bias = "first_stage_model.decoder.conv_out.bias";
    tensors[bias] = at::full_like(tensors[bias], INFINITY);
    tensor::save_tensors(odd, tensors, plain.metadata());
    EXPECT_NE(refusal_of({odd.string(), {{sound, 1}}, folder.path() / "b.safetensors"}).find(bias),
              std::string::npos);
}

TEST(LoraDesk, ScaledFp8BecomesPlainNumbersWithTheirScalesWorkedIn) {
    const support::TempFolder folder;
    const tensor::WeightFile plain(support::tiny_checkpoint());
    const std::string layer = "model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_q.";
    tensor::NamedTensors tensors{{"scaled_fp8", at::zeros({2}).to(at::kFloat8_e4m3fn)},
                                 {layer + "scale_weight", at::full({1}, 0.25F)},
                                 {layer + "scale_input", at::full({1}, 3.F)}};
    for (const auto& entry : plain.entries()) tensors[entry.name] = plain.get(entry.name);
    const auto fp8 = (tensors[layer + "weight"] * 4).to(at::kFloat8_e4m3fn);
    tensors[layer + "weight"] = fp8;
    tensor::save_tensors(folder.path() / "fp8.safetensors", tensors, plain.metadata());
    const auto out = folder.path() / "merged.safetensors";
    const auto report =
        merge({(folder.path() / "fp8.safetensors").string(), {{save_sound_lora(folder.path()), 1}}, out});
    EXPECT_NE(report.notes[0].find("1 weight in fp8 with scales"), std::string::npos) << report.notes[0];
    const tensor::WeightFile after(out);
    EXPECT_TRUE(at::equal(after.get(layer + "weight"), (fp8.to(at::kFloat) * 0.25).to(at::kHalf)));
    for (const auto* gone : {"scale_weight", "scale_input"}) EXPECT_FALSE(after.has(layer + gone));
    EXPECT_FALSE(after.has("scaled_fp8"));
}

TEST(LoraDesk, AnOutputThatCannotBeWrittenIsFoundBeforeAnythingIsRead) {
    const support::TempFolder folder;
    const auto nowhere = folder.path() / "not" / "there" / "m.safetensors";
    EXPECT_NE(refusal_of({"no-such-model.safetensors", {}, nowhere}).find("There is no folder"),
              std::string::npos);
    const auto refusal = [&](const std::string& name) {
        return refusal_of({"no-such-model.safetensors", {}, folder.path() / name});
    };
    EXPECT_NE(refusal("").find("exists already"), std::string::npos);
    std::filesystem::create_symlink("nowhere", folder.path() / "link.safetensors");
    EXPECT_NE(refusal("link.safetensors").find("exists already"), std::string::npos);
    EXPECT_NE(refusal(std::string(300, 'x')).find("cannot be written: File name too long"),
              std::string::npos);
    const auto closed = folder.path() / "closed";
    std::filesystem::create_directory(closed);
    std::filesystem::permissions(closed, std::filesystem::perms(0555));
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    const bool changed = ::geteuid() == 0 && ::seteuid(65534) == 0;  // root may write anywhere
    const auto said = refusal("closed/m.safetensors");
    if (changed) {
        ASSERT_EQ(::seteuid(0), 0);
    }
    EXPECT_NE(said.find("Files cannot be written in " + closed.string()), std::string::npos) << said;
}

}  // namespace lorikeet::studio
