#include "models/bundle.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/key_map.hpp"
#include "nn/visitors.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

// Everything that is in a file.
tensor::NamedTensors all_of(const base::Path& path) {
    const tensor::WeightFile file(path);
    tensor::NamedTensors tensors;
    for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
    return tensors;
}

// The tiny checkpoint, changed, under another name.
class Changed {
  public:
    Changed()
        : tensors(all_of(support::tiny_checkpoint())),
          metadata(tensor::WeightFile(support::tiny_checkpoint()).metadata()) {}
    base::Path save(std::string_view name = "changed.safetensors") const {
        const auto path = folder_.path() / name;
        tensor::save_tensors(path, tensors, metadata);
        return path;
    }
    tensor::NamedTensors tensors;
    io::Metadata metadata;

  private:
    support::TempFolder folder_;
};

tensor::NamedTensors weights_of(auto& part) {
    nn::CollectWeights collect;
    part.visit(collect);
    return collect.tensors;
}

std::string message_of(const auto& action) {
    try {
        action();
    } catch (const base::Error& error) {
        return std::string(error.what()) + " " + error.hint();
    }
    return "nothing was thrown";
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(Spec, SizesAreReadBackFromAFileAsTheyWereWritten) {
    const auto wanted = tiny_sd1_spec();
    const auto spec = spec_of(io::SafetensorsFile(support::tiny_checkpoint()));
    EXPECT_EQ(spec.unet, wanted.unet);
    EXPECT_EQ(spec.vae, wanted.vae);
    EXPECT_EQ(spec.text, wanted.text);
    EXPECT_EQ(spec.latent_scale, wanted.latent_scale);
    EXPECT_EQ(spec.native_size_px, 64);
    EXPECT_EQ(spec.prediction, settings::Prediction::Epsilon);
}

TEST(Spec, TakesWhatShapesDoNotTellFromTheMetadata) {
    Changed file;
    file.metadata["modelspec.prediction_type"] = "v";
    file.metadata["lorikeet.latent_scale"] = "0.5";
    file.metadata["lorikeet.unet.heads"] = "8";
    const auto spec = spec_of(io::SafetensorsFile(file.save()));
    EXPECT_EQ(spec.prediction, settings::Prediction::Velocity);
    EXPECT_EQ(spec.latent_scale, 0.5);
    EXPECT_EQ(spec.unet.heads, 8);
}

TEST(Spec, RefusesMetadataThatCannotBe) {
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"lorikeet.unet.heads", "7"},
                                                          {"lorikeet.unet.heads", "-4"},
                                                          {"lorikeet.unet.groups", "0"},
                                                          {"lorikeet.vae.groups", "many"},
                                                          {"lorikeet.latent_scale", "nan"},
                                                          {"lorikeet.native_size", "64.5"}}) {
        Changed file;
        file.metadata[key] = value;
        const auto path = file.save();
        EXPECT_THROW(spec_of(io::SafetensorsFile(path)), base::Error) << key << " = " << value;
    }
}

TEST(Spec, SaysWhatAFileOfAnotherKindIs) {
    Changed file;
    std::erase_if(file.tensors, [](const auto& t) { return !t.first.starts_with("first_stage_model."); });
    const auto path = file.save();
    const auto message = message_of([&] { spec_of(io::SafetensorsFile(path)); });
    EXPECT_TRUE(holds(message, "is a VAE alone. Name it as model.vae")) << message;
}

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

TEST(RandomCheckpoint, TheSameSeedGivesTheSameBytes) {
    const support::TempFolder folder;
    const auto spec = tiny_sd1_spec();
    save_random_checkpoint(folder.path() / "a", spec, at::kBFloat16, 3);
    save_random_checkpoint(folder.path() / "b", spec, at::kBFloat16, 3);
    save_random_checkpoint(folder.path() / "c", spec, at::kBFloat16, 4);
    EXPECT_EQ(base::sha256_file(folder.path() / "a"), base::sha256_file(folder.path() / "b"));
    EXPECT_NE(base::sha256_file(folder.path() / "a"), base::sha256_file(folder.path() / "c"));
}

}  // namespace lorikeet::models
