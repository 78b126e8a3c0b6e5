#include "models/bundle.hpp"

#include <gtest/gtest.h>

#include "models/changed_checkpoint.hpp"
#include "models/key_map.hpp"
#include "nn/visitors.hpp"

namespace lorikeet::models {

namespace {

tensor::NamedTensors weights_of(auto& part) {
    nn::CollectWeights collect;
    part.visit(collect);
    return collect.tensors;
}

}  // namespace

TEST(Bundle, HoldsTheWeightsOfTheFileFrozen) {
    const auto bundle = load_bundle(support::tiny_checkpoint());
    const tensor::WeightFile file(support::tiny_checkpoint());
    for (const auto& [name, weight] : weights_of(bundle->unet)) {
        EXPECT_TRUE(at::equal(weight, file.get("model.diffusion_model." + name))) << name;
        EXPECT_FALSE(weight.requires_grad());
    }
    for (const auto& [name, weight] : weights_of(bundle->text))
        EXPECT_TRUE(at::equal(weight, file.get("cond_stage_model.transformer." + name))) << name;
    for (const auto& [name, weight] : weights_of(bundle->vae))
        EXPECT_TRUE(at::equal(weight, file.get("first_stage_model." + name))) << name;
    EXPECT_TRUE(bundle->unused.empty());
}

TEST(Bundle, CastsEachPartAsAsked) {
    const auto bundle = load_bundle(support::tiny_checkpoint(),
                                    {.unet = at::kBFloat16, .text = at::kHalf, .vae = at::kFloat});
    EXPECT_EQ(weights_of(bundle->unet).begin()->second.scalar_type(), at::kBFloat16);
    EXPECT_EQ(weights_of(bundle->text).begin()->second.scalar_type(), at::kHalf);
    EXPECT_EQ(weights_of(bundle->vae).begin()->second.scalar_type(), at::kFloat);
}

TEST(Bundle, NamesWhatIsMissingAndWhatNobodyWants) {
    Changed file;
    file.tensors["model.diffusion_model.extra.weight"] = at::zeros({2});
    file.tensors["model_ema.decay"] = at::zeros({1});
    file.tensors["cond_stage_model.transformer.text_model.embeddings.position_ids"] = at::zeros({1, 77});
    EXPECT_EQ(load_bundle(file.save())->unused,
              std::vector<std::string>{"model.diffusion_model.extra.weight"});
    file.tensors.erase("model.diffusion_model.out.0.bias");
    const auto path = file.save("missing.safetensors");
    EXPECT_TRUE(holds(message_of([&] { load_bundle(path); }), "out.0.bias is missing"));
}

TEST(Bundle, ReadsEarlyMergesWithoutTheWordTextModel) {
    Changed file;
    tensor::NamedTensors early;
    for (auto& [name, weight] : file.tensors) {
        auto other = name;
        if (const auto at = other.find("text_model."); at != std::string::npos) other.erase(at, 11);
        early[other] = weight;
    }
    file.tensors = early;
    const auto bundle = load_bundle(file.save()), usual = load_bundle(support::tiny_checkpoint());
    EXPECT_TRUE(at::equal(bundle->text.token_embedding, usual->text.token_embedding));
    EXPECT_TRUE(bundle->unused.empty());
}

TEST(Bundle, TakesTheVaeFromAFileOfItsOwnInEveryLayout) {
    const auto usual = load_bundle(support::tiny_checkpoint());
    const auto pixels = at::rand({1, 3, 16, 16}) * 2 - 1;
    const auto wanted = usual->vae.encode(pixels).mean;
    for (const bool diffusers : {false, true}) {
        Changed file;
        file.tensors.clear();
        for (auto& [name, weight] : weights_of(usual->vae)) {
            const bool matrix = diffusers && name.find("attn_1") != std::string::npos && weight.dim() == 4;
            file.tensors[diffusers ? vae_to_diffusers(3, name) : name] = matrix ? weight.flatten(1) : weight;
        }
        const auto path = file.save("vae.safetensors");
        auto vae = load_vae(path);
        EXPECT_TRUE(at::equal(vae.encode(pixels).mean, wanted)) << "diffusers: " << diffusers;
        EXPECT_EQ(identity_of(vae), identity_of(usual->vae));
        Changed bare;
        std::erase_if(bare.tensors, [](const auto& t) { return t.first.starts_with("first_stage_model."); });
        const auto checkpoint = bare.save("bare.safetensors");
        EXPECT_TRUE(holds(message_of([&] { load_bundle(checkpoint); }), "There is no VAE in"));
        const auto bundle = load_bundle(checkpoint, {.vae_file = path});
        EXPECT_TRUE(at::equal(bundle->vae.encode(pixels).mean, wanted));
        EXPECT_TRUE(bundle->unused.empty());
        EXPECT_EQ(bundle->vae_path, path);
    }
}

TEST(Bundle, OtherWeightsGiveAVaeAnotherIdentity) {
    auto vae = load_vae(support::tiny_checkpoint());
    const auto before = identity_of(vae);
    vae.quant_conv.bias = vae.quant_conv.bias + 1;
    EXPECT_NE(identity_of(vae), before);
}

}  // namespace lorikeet::models
