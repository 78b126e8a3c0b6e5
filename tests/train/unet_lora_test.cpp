// The whole way of a LoRA's gradient: adapters in every layer of a UNet that kohya trains, against peft.
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "models/key_map.hpp"
#include "models/unet.hpp"
#include "nn/visitors.hpp"
#include "support/golden.hpp"

namespace lorikeet::train {

namespace {

constexpr double kUnetLoraTolerance = 2e-5;

// The sizes of tools/golden/unet.py, with its frozen weights.
models::Unet frozen_unet() {
    models::UnetSpec spec;
    spec.widths = {8, 8, 12};
    spec.depths = {1, 2, 0};
    spec.blocks = 1;
    spec.heads = 2;
    spec.context_width = 6;
    spec.groups = 4;
    models::Unet unet(spec);
    const auto file = support::golden("unet");
    nn::LoadWeights load([&](const std::string& path) { return file.find("weight." + path); }, at::kFloat,
                         support::test_device());
    unet.visit(load);
    load.finish();
    return unet;
}

std::vector<adapters::Target> names_trained(models::Unet& unet) {
    adapters::FindTargets find(adapters::Half::Unet, [&](const std::string& path) {
        return models::kohya_unet_name(unet.spec, path);
    });
    unet.visit(find);
    return find.targets;
}

// The LoRA of the golden file as it would lie in a file of its own: with an alpha for each layer.
adapters::LoraFile lora_of(const support::GoldenFile& file) {
    const auto alpha = at::scalar_tensor(std::stod(file.metadata().at("alpha")));
    tensor::NamedTensors tensors;
    for (const auto& entry : file.entries()) {
        if (!entry.name.starts_with("lora_unet_")) continue;
        tensors[entry.name] = file.get(entry.name);
        tensors[entry.name.substr(0, entry.name.find('.')) + ".alpha"] = alpha;
    }
    return adapters::parse_lora(tensors, {}, "the golden file");
}

}  // namespace

TEST(UnetLoraGolden, EveryAdapterOfAUnetGetsTheGradientThatPeftGivesIt) {
    const auto file = support::golden("unet_lora");
    auto unet = frozen_unet();
    const auto targets = names_trained(unet);
    std::vector<std::string> unknown;
    const auto network =
        adapters::network_from(lora_of(file), targets, {.device = support::test_device()}, 1, unknown);
    EXPECT_TRUE(unknown.empty());
    ASSERT_EQ(network->modules().size(), targets.size()) << "the reference adapts other layers";
    const auto noisy = file.get("lora.noisy").clone().requires_grad_();
    const auto predicted = unet(noisy, file.get("lora.timesteps"), file.get("lora.context"));
    support::expect_near(predicted, file.get("lora.guess"), kUnetLoraTolerance, "guess");
    (predicted * file.get("lora.pull")).sum().backward();
    support::expect_near(noisy.grad(), file.get("lora.noisy_grad"), kUnetLoraTolerance, "noisy");
    const auto parameters = network->parameters(adapters::Half::Unet);
    for (std::size_t i = 0; i < parameters.names.size(); ++i)
        support::expect_near(parameters.tensors[i].grad(), file.get("grad." + parameters.names[i]),
                             kUnetLoraTolerance, parameters.names[i]);
    EXPECT_EQ(parameters.names.size(), 2 * targets.size());
}

}  // namespace lorikeet::train
