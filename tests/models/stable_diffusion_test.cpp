#include "models/stable_diffusion.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "models/changed_checkpoint.hpp"
#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "nn/visitors.hpp"

namespace lorikeet::models {

namespace {

tensor::NamedTensors weights_of(auto& part) {
    nn::CollectWeights collect;
    part.visit(collect);
    return collect.tensors;
}

}  // namespace

TEST(StableDiffusion, HoldsTheWeightsOfTheFileFrozen) {
    const auto model = load_stable_diffusion(support::tiny_checkpoint());
    const tensor::WeightFile file(support::tiny_checkpoint());
    for (const auto& [name, weight] : weights_of(model->unet)) {
        EXPECT_TRUE(at::equal(weight, file.get("model.diffusion_model." + name))) << name;
        EXPECT_FALSE(weight.requires_grad());
    }
    for (const auto& [name, weight] : weights_of(model->texts.front()))
        EXPECT_TRUE(at::equal(weight, file.get("cond_stage_model.transformer." + name))) << name;
    for (const auto& [name, weight] : weights_of(model->vae))
        EXPECT_TRUE(at::equal(weight, file.get("first_stage_model." + name))) << name;
    EXPECT_TRUE(model->source().unused.empty());
}

TEST(StableDiffusion, CastsEachPartAsAsked) {
    const auto model = load_stable_diffusion(support::tiny_checkpoint(),
                                             {.unet = at::kBFloat16, .text = at::kHalf, .vae = at::kFloat});
    EXPECT_EQ(weights_of(model->unet).begin()->second.scalar_type(), at::kBFloat16);
    EXPECT_EQ(weights_of(model->texts.front()).begin()->second.scalar_type(), at::kHalf);
    EXPECT_EQ(weights_of(model->vae).begin()->second.scalar_type(), at::kFloat);
}

TEST(StableDiffusion, NamesWhatIsMissingAndWhatNobodyWants) {
    Changed file;
    file.tensors["model.diffusion_model.extra.weight"] = at::zeros({2});
    file.tensors["model_ema.decay"] = at::zeros({1});
    file.tensors["model_ema.diffusion_modelout0bias"] = at::zeros({1});
    file.tensors["cond_stage_model.transformer.text_model.embeddings.position_ids"] = at::zeros({1, 77});
    const std::vector<std::string> unused{"model.diffusion_model.extra.weight",
                                          "model_ema.diffusion_modelout0bias"};
    EXPECT_EQ(load_stable_diffusion(file.save())->source().unused, unused);
    EXPECT_EQ(unused_in(file.save()), unused);
    EXPECT_TRUE(unused_in(support::tiny_sdxl_checkpoint()).empty());
    EXPECT_EQ(words_for_unused(unused),
              "Not used of the checkpoint: 1 EMA copy of a weight; 1 unknown tensor, "
              "model.diffusion_model.extra.weight.");
    file.tensors.erase("model.diffusion_model.out.0.bias");
    const auto path = file.save("missing.safetensors");
    EXPECT_TRUE(holds(message_of([&] { load_stable_diffusion(path); }), "out.0.bias is missing"));
}

TEST(StableDiffusion, NamesTheTensorWhoseNumbersAreNotFinite) {
    constexpr auto kName = "model.diffusion_model.middle_block.1.proj_in.weight";
    for (const auto type : {at::kFloat, at::kHalf, at::kBFloat16}) {
        Changed file;
        file.tensors[kName] = file.tensors[kName].to(type).clone();
        file.tensors[kName].view(-1)[3] = std::numeric_limits<float>::infinity();
        const auto path = file.save();
        const auto message = message_of([&] { load_stable_diffusion(path); });
        EXPECT_TRUE(holds(message, "holds an infinity in " + std::string(kName))) << message;
        const auto frozen = load_stable_diffusion(path, {.weights = WeightsAre::Frozen});
        EXPECT_EQ(message_of([&] { frozen->ensure(Part::Text); }), "nothing was thrown");
        EXPECT_TRUE(holds(message_of([&] { frozen->ensure(Part::Unet); }), kName));
    }
    Changed file;
    auto& bias = file.tensors["first_stage_model.decoder.conv_out.bias"];
    bias = at::full_like(bias, std::numeric_limits<float>::quiet_NaN());
    const auto path = file.save();
    EXPECT_TRUE(
        holds(message_of([&] { load_vae(path); }), "3 NaN in first_stage_model.decoder.conv_out.bias"));
}

TEST(StableDiffusion, WhatNobodyUsesMayBeNotFinite) {
    Changed file;
    file.tensors["model_ema.diffusion_modelout0bias"] =
        at::full({4}, std::numeric_limits<float>::quiet_NaN());
    file.tensors["cond_stage_model.attn_mask"] = at::full({4}, -std::numeric_limits<float>::infinity());
    EXPECT_EQ(load_stable_diffusion(file.save())->source().unused.size(), 2U);
}

TEST(StableDiffusion, WeightsInFp8AreMultipliedByTheirScale) {
    for (const auto type : {at::kFloat8_e4m3fn, at::kFloat8_e5m2})
        for (const bool plain : {true, false}) {
            Changed file, wanted;
            for (auto& [name, weight] : file.tensors) {
                if (!name.starts_with("model.diffusion_model.") || weight.dim() != 2) continue;
                const auto scale = weight.abs().max() / 300;
                wanted.tensors[name] = (weight / scale).to(type).to(at::kFloat) * scale;
            }
            for (const auto& [name, weight] : wanted.tensors) {
                if (weight.is_same(file.tensors[name])) continue;
                if (!name.starts_with("model.diffusion_model.") || weight.dim() != 2) continue;
                const auto scale = file.tensors[name].abs().max() / 300;
                file.tensors[name.substr(0, name.size() - 6) + "scale_weight"] = scale.reshape({1});
                file.tensors[name] = (file.tensors[name] / scale).to(type);
            }
            file.tensors["scaled_fp8"] = at::zeros({2}).to(type);
            const auto weights = plain ? WeightsAre::Plain : WeightsAre::Frozen;
            const auto model = load_stable_diffusion(file.save(), {.weights = weights});
            const auto same = load_stable_diffusion(wanted.save(), {.weights = weights});
            model->ensure(Part::Unet);
            same->ensure(Part::Unet);
            EXPECT_TRUE(model->source().unused.empty());
            const auto x = at::ones({1, 4, 16, 16}), t = at::full({1}, 500, at::kLong);
            const auto context = at::ones({1, 77, model->spec().unet.context_width});
            EXPECT_TRUE(at::equal(model->unet(x, t, context), same->unet(x, t, context)));
        }
}

TEST(StableDiffusion, AWholeNumberIsNoWeight) {
    Changed file;
    file.tensors["model.diffusion_model.out.0.bias"] =
        at::zeros_like(file.tensors["model.diffusion_model.out.0.bias"], at::kLong);
    const auto path = file.save();
    EXPECT_TRUE(holds(message_of([&] { load_stable_diffusion(path); }),
                      "out.0.bias holds numbers of the kind int64"));
}

TEST(StableDiffusion, ReadsEarlyMergesWithoutTheWordTextModel) {
    Changed file;
    tensor::NamedTensors early;
    for (auto& [name, weight] : file.tensors) {
        auto other = name;
        if (const auto at = other.find("text_model."); at != std::string::npos) other.erase(at, 11);
        early[other] = weight;
    }
    file.tensors = early;
    const auto model = load_stable_diffusion(file.save()),
               usual = load_stable_diffusion(support::tiny_checkpoint());
    EXPECT_TRUE(at::equal(model->texts.front().token_embedding, usual->texts.front().token_embedding));
    EXPECT_TRUE(model->source().unused.empty());
}

TEST(StableDiffusion, TakesTheVaeFromAFileOfItsOwnInEveryLayout) {
    const auto usual = load_stable_diffusion(support::tiny_checkpoint());
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
        EXPECT_TRUE(holds(message_of([&] { load_stable_diffusion(checkpoint); }), "There is no VAE in"));
        const auto model = load_stable_diffusion(checkpoint, {.files = {vae_in(path)}});
        EXPECT_TRUE(at::equal(model->vae.encode(pixels).mean, wanted));
        EXPECT_TRUE(model->source().unused.empty());
        EXPECT_EQ(model->source().file_of(Part::VaeDecoder).path, path);
    }
}

TEST(StableDiffusion, TakesTheSecondTowerOfSdxlApart) {
    const auto model = load_stable_diffusion(support::tiny_sdxl_checkpoint());
    const tensor::WeightFile file(support::tiny_sdxl_checkpoint());
    ASSERT_EQ(model->texts.size(), 2U);
    const std::string head = "conditioner.embedders.1.model.";
    const auto fused = file.get(head + "transformer.resblocks.2.attn.in_proj_weight");
    const auto& attention = model->texts[1].layers[2].self_attn;
    EXPECT_TRUE(at::equal(
        at::cat({attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight}), fused));
    EXPECT_TRUE(at::equal(model->texts[1].text_projection, file.get(head + "text_projection")));
    EXPECT_TRUE(model->source().unused.empty());
}

TEST(StableDiffusion, ReadsTheProjectionAlsoAsALayersMatrix) {
    Changed file(support::tiny_sdxl_checkpoint());
    const std::string name = "conditioner.embedders.1.model.text_projection";
    const auto projection = file.tensors.at(name);
    file.tensors.erase(name);
    file.tensors[name + ".weight"] = projection.t().contiguous();
    file.tensors["conditioner.embedders.1.model.logit_scale"] = at::zeros({1});
    const auto model = load_stable_diffusion(file.save());
    EXPECT_TRUE(at::equal(model->texts[1].text_projection, projection));
    EXPECT_TRUE(model->source().unused.empty());
}

TEST(StableDiffusion, LetsPartsGoAndReadsThemAgain) {
    const auto model = load_stable_diffusion(support::tiny_sdxl_checkpoint());
    const auto embedding = model->texts[1].token_embedding.clone();
    const auto kernel = model->vae.quant_conv.weight.clone();
    for (const auto part : {Part::Text, Part::Unet, Part::VaeEncoder, Part::VaeDecoder}) {
        model->release(part);
        EXPECT_FALSE(model->has(part));
    }
    EXPECT_FALSE(model->texts[1].layers[0].fc1.weight.defined());
    for (const auto part : {Part::Text, Part::Unet, Part::VaeEncoder, Part::VaeDecoder}) model->ensure(part);
    EXPECT_TRUE(at::equal(model->texts[1].token_embedding, embedding));
    EXPECT_TRUE(at::equal(model->vae.quant_conv.weight, kernel));
}

TEST(StableDiffusion, TextEncodersAreReadLaterWhereThatIsAsked) {
    const auto model = load_stable_diffusion(support::tiny_sdxl_checkpoint(), {.texts_later = true});
    EXPECT_FALSE(model->has(Part::Text));
    EXPECT_TRUE(model->source().unused.empty());
    model->ensure(Part::Text);
    EXPECT_TRUE(model->has(Part::Text));
}

TEST(StableDiffusion, OtherTextWeightsGiveAnotherIdentityAndNothingElseDoes) {
    Changed file(support::tiny_sdxl_checkpoint());
    const auto before = identity_of_texts(support::tiny_sdxl_checkpoint());
    file.tensors["model.diffusion_model.out.2.bias"] = at::ones({4});
    EXPECT_EQ(identity_of_texts(file.save("unet")), before);
    auto& bias = file.tensors["conditioner.embedders.1.model.ln_final.bias"];
    bias = bias + 1;
    EXPECT_NE(identity_of_texts(file.save("text")), before);
}

TEST(StableDiffusion, OtherWeightsGiveAVaeAnotherIdentity) {
    auto vae = load_vae(support::tiny_checkpoint());
    const auto before = identity_of(vae);
    vae.quant_conv.bias = vae.quant_conv.bias + 1;
    EXPECT_NE(identity_of(vae), before);
}

}  // namespace lorikeet::models
