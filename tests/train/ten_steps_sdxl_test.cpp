// The whole ladder of SDXL at once: ten optimizer steps of both text encoders and the UNet beside what diffusers,
// transformers, peft and torch compute from the same numbers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/network.hpp"
#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "models/conditioning.hpp"
#include "models/random_checkpoint.hpp"
#include "models/stable_diffusion.hpp"
#include "nn/visitors.hpp"
#include "optim/adamw.hpp"
#include "optim/clip.hpp"
#include "optim/lr_schedule.hpp"
#include "support/golden.hpp"
#include "support/sdxl_tower.hpp"
#include "tensor/device.hpp"
#include "train/model_outline.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

using adapters::Half;
using support::expect_near;

namespace {

constexpr std::int64_t kSdxlSteps = 10;
constexpr double kSdxlMaxNorm = 0.2;  // below the norm of most steps
constexpr double kSdxlTolerance = 1e-4;

// The sizes of tools/golden/ten_steps_sdxl.py.
models::UnetSpec sdxl_unet_spec() {
    models::UnetSpec spec;
    spec.widths = {4, 8};
    spec.depths = {0, 2};
    spec.middle_depth = 2;
    spec.blocks = 1;
    spec.head_width = 4;
    spec.context_width = 12;
    spec.vector_width = 6 + 6 * 4;
    spec.groups = 4;
    spec.projection = nn::Projection::Linear;
    return spec;
}

models::StableDiffusionSpec sdxl_bench_spec() {
    auto spec = models::tiny_sdxl_spec();
    spec.unet = sdxl_unet_spec();
    return spec;
}

struct SdxlBench {
    support::GoldenFile file = support::golden("ten_steps_sdxl");
    models::StableDiffusion model{sdxl_bench_spec()};
    models::Unet& unet = model.unet;
    std::vector<models::ClipText>& texts = model.texts;
    std::unique_ptr<adapters::Network> network;
    std::unique_ptr<optim::AdamW> optimizer;
    diffusion::Schedule schedule =
        diffusion::make_schedule(diffusion::Terminal::Trace, support::test_device());

    SdxlBench() {
        tensor::set_threads(1);  // sums in one order, and the sizes are tiny
        const auto weights = support::golden("ten_steps_sdxl_model");
        texts = support::sdxl_towers(weights, false);
        nn::LoadWeights load([&](const std::string& path) { return weights.find("unet." + path); },
                             at::kFloat, support::test_device());
        unet.visit(load);
        load.finish();
        network = std::make_unique<adapters::Network>(
            given(), adapters::NetworkOptions{.device = support::test_device()}, 1);
        optimizer = std::make_unique<optim::AdamW>(
            std::vector{group("text", Half::Text, 0.002), group("unet", Half::Unet, 0.005)},
            settings::AdamW{});
    }

    std::vector<adapters::Given> given() {
        std::vector<adapters::Given> all;
        for (const auto& target : targets_of(model))
            all.push_back(
                {target, &adapters::kPlainLora,
                 adapters::lora_tensors(file.get(fmt::format("start.{}.lora_down.weight", target.name)),
                                        file.get(fmt::format("start.{}.lora_up.weight", target.name)),
                                        std::stod(file.metadata().at("alpha")))});
        return all;
    }

    optim::ParamGroup group(const std::string& name, Half half, double lr) const {
        auto parameters = network->parameters(half);
        return {name, std::move(parameters.names), std::move(parameters.tensors), lr};
    }

    at::Tensor loss(std::int64_t step) const {
        const auto drawn = [&](const char* name) { return file.get(name)[step]; };
        const auto first = texts[0].read(drawn("ids.0")), second = texts[1].read(drawn("ids.1"));
        const auto context = at::cat({first.states, second.states}, -1);
        const auto vector = models::vector_of(second.pooled, drawn("sizes"), unet.spec.vector_width);
        const auto noise = drawn("noise"), timesteps = drawn("timesteps");
        const auto noisy = diffusion::add_noise(schedule, drawn("latents"), noise, timesteps);
        const auto predicted = unet(noisy, timesteps, context, vector);
        return diffusion::loss_of(predicted, noise).mean();
    }
};

}  // namespace

TEST(TenStepsSdxlGolden, LossesGradientsAndLoraAreThoseOfTheReference) {
    SdxlBench bench;
    const auto losses = bench.file.get("losses"), norms = bench.file.get("norms");
    const settings::LrSchedule schedule{settings::ScheduleShape::Cosine, 2};
    std::size_t gradients = 0, ends = 0;
    const auto each = [&](const auto& look) {
        for (const auto& group : bench.optimizer->groups())
            for (std::size_t i = 0; i < group.names.size(); ++i) look(group.names[i], group.tensors[i]);
    };
    for (std::int64_t step = 0; step < kSdxlSteps; ++step) {
        const auto loss = bench.loss(step);
        loss.backward();
        expect_near(loss.detach(), losses[step], kSdxlTolerance, fmt::format("loss of step {}", step));
        if (step == 0)
            each([&](const std::string& name, const at::Tensor& parameter) {
                const auto wanted = bench.file.find("grad." + name);
                EXPECT_EQ(parameter.grad().defined(), wanted.defined()) << name;
                if (!wanted.defined()) return;
                expect_near(parameter.grad(), wanted, kSdxlTolerance, "gradient of " + name);
                ++gradients;
            });
        const double norm = optim::clip_grad_norm(bench.optimizer->gather(), kSdxlMaxNorm);
        EXPECT_NEAR(norm / norms[step].item<double>(), 1, kSdxlTolerance) << "step " << step;
        bench.optimizer->step(optim::rate_at(schedule, step, kSdxlSteps));
        bench.optimizer->zero_grad();
    }
    each([&](const std::string& name, const at::Tensor& parameter) {
        expect_near(parameter.detach(), bench.file.get("end." + name), kSdxlTolerance, "end of " + name);
        ++ends;
    });
    // 88 layers of the UNet, 12 and 18 of the text encoders, two tensors each; the first encoder's last six layers have no
    // say in anything.
    EXPECT_EQ(ends, 2U * (88 + 12 + 18));
    EXPECT_EQ(gradients, ends - 2U * 6);
}

}  // namespace lorikeet::train
