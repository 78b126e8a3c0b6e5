// SDXL on tiny widths beside diffusers, transformers and sd-scripts.
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/conditioning.hpp"
#include "models/golden_file.hpp"
#include "models/golden_towers.hpp"
#include "models/key_map.hpp"
#include "models/random_checkpoint.hpp"
#include "models/unet.hpp"
#include "support/sdxl_tower.hpp"

namespace lorikeet::models {

namespace {

constexpr double kSdxlTolerance = 2e-5;

// The sizes of tools/golden/sdxl.py.
UnetSpec sdxl_golden_spec() {
    UnetSpec spec;
    spec.widths = {4, 8, 8};
    spec.depths = {0, 1, 2};
    spec.middle_depth = 2;
    spec.blocks = 1;
    spec.head_width = 4;
    spec.context_width = 12;
    spec.vector_width = 6 + 6 * 4;
    spec.groups = 4;
    spec.projection = nn::Projection::Linear;
    return spec;
}

}  // namespace

TEST(SdxlGolden, TowersGiveContextAndPooledVectorAndPassTheSameGradients) {
    const auto file = golden("clip_text_sdxl");
    auto texts = support::sdxl_towers(file, true);
    const auto first = texts[0].read(file.get("ids.0")), second = texts[1].read(file.get("ids.1"));
    const auto context = at::cat({first.states, second.states}, -1);
    EXPECT_FALSE(first.pooled.defined());
    expect_near(context, file.get("context"), kSdxlTolerance, "context");
    expect_near(second.pooled, file.get("pooled"), kSdxlTolerance, "pooled");
    ((context * file.get("pull")).sum() + (second.pooled * file.get("pull_pooled")).sum()).backward();
    nn::CollectWeights weights;
    texts[1].visit(weights);
    int compared = 0;
    for (const auto& entry : file.entries()) {
        if (!entry.name.starts_with("grad.1.")) continue;
        const auto name = entry.name.substr(7);
        expect_near(weights.tensors.at(name).grad(), file.get(entry.name), kSdxlTolerance, name);
        ++compared;
    }
    EXPECT_EQ(compared, 4);
}

TEST(SdxlGolden, TheUnetHearsTheVectorAndPassesItsGradient) {
    const auto file = golden("unet_sdxl");
    Unet unet(sdxl_golden_spec());
    load_golden(unet, file);
    const auto noisy = file.get("noisy").clone().requires_grad_();
    const auto context = file.get("context").clone().requires_grad_();
    const auto pooled = file.get("pooled").clone().requires_grad_();
    const auto vector = vector_of(pooled, file.get("sizes"), unet.spec.vector_width);
    expect_near(vector.detach(), file.get("vector"), 1e-6, "vector");
    const auto predicted = unet(noisy, file.get("timesteps"), context, vector);
    expect_near(predicted, file.get("guess"), kSdxlTolerance, "guess");
    (predicted * file.get("pull")).sum().backward();
    expect_near(noisy.grad(), file.get("noisy_grad"), kSdxlTolerance, "noisy");
    expect_near(context.grad(), file.get("context_grad"), kSdxlTolerance, "context");
    expect_near(pooled.grad(), file.get("pooled_grad"), kSdxlTolerance, "pooled");
    expect_gradients(unet, file, kSdxlTolerance);
}

TEST(SdxlGolden, EveryWeightOfTheFullUnetHasDiffusersName) {
    const auto file = golden("sdxl_keys");
    const auto spec = sdxl_spec().unet;
    Unet unet(spec);
    nn::CollectWeights names;
    unet.visit(names);
    nn::CountWeights count;
    unet.visit(count);
    EXPECT_EQ(count.tensors, file.get("counts")[0].item<std::int64_t>());
    EXPECT_EQ(count.numbers, file.get("counts")[1].item<std::int64_t>());
    std::string pairs;
    for (const auto& [name, weight] : names.tensors)
        pairs += name + " " + unet_to_diffusers(spec, name) + "\n";
    EXPECT_EQ(base::sha256(pairs), file.metadata().at("pairs_sha256"));
}

TEST(SdxlGolden, CaptionsOfAnyLengthAreReadAsSdScriptsDoes) {
    const at::NoGradGuard no_grad;
    const auto file = golden("conditioning_sdxl");
    const auto texts = conditioning_towers(file);
    const auto tokenizer = Tokenizer::from_file(default_vocabulary());
    const auto captions =
        nlohmann::json::parse(file.metadata().at("captions")).get<std::vector<std::string>>();
    for (const auto* length : {"75", "150", "225"}) {
        auto wanted = file.get(std::string("ids_") + length).to(at::kLong);
        if (wanted.dim() == 2) wanted = wanted.unsqueeze(1);  // one chunk
        EXPECT_TRUE(at::equal(tokenize_captions(tokenizer, captions, {std::stoi(length)}, 0), wanted.cpu()))
            << length;
        const auto states = read_captions(texts, tokenizer, captions, 1, {std::stoi(length)});
        expect_near(states.context, file.get(std::string("context_") + length), kSdxlTolerance, length);
        expect_near(states.pooled, file.get(std::string("pooled_") + length), kSdxlTolerance, length);
    }
}

}  // namespace lorikeet::models
