// The whole ladder at once: ten optimizer steps of text encoder and UNet beside what diffusers, transformers, peft
// and torch compute from the same numbers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/network.hpp"
#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "models/clip_text.hpp"
#include "models/key_map.hpp"
#include "models/unet.hpp"
#include "nn/visitors.hpp"
#include "optim/adamw.hpp"
#include "optim/clip.hpp"
#include "optim/lr_schedule.hpp"
#include "support/golden.hpp"
#include "tensor/device.hpp"

namespace lorikeet::train {

using adapters::FindTargets, adapters::Half;
using support::expect_near;

namespace {

constexpr std::int64_t kSteps = 10;
constexpr double kMaxNorm = 0.2;  // below the norm of most steps
constexpr double kTolerance = 1e-4;

// The sizes of tools/golden/ten_steps.py.
models::UnetSpec unet_spec() {
    models::UnetSpec spec;
    spec.widths = {8, 8};
    spec.depths = {1, 0};
    spec.blocks = 1;
    spec.heads = 2;
    spec.context_width = 8;
    spec.groups = 4;
    return spec;
}
constexpr models::ClipTextSpec kTextSpec{
    .layers = 2, .width = 8, .heads = 2, .mlp = 12, .positions = 6, .words = 20};

template <class Model>
void load(Model& model, const std::string& prefix) {
    const auto file = support::golden("ten_steps_model");
    nn::LoadWeights visitor([&](const std::string& path) { return file.find(prefix + path); }, at::kFloat,
                            support::test_device());
    model.visit(visitor);
    visitor.finish();
}

// Models, LoRA and optimizer as they stand before the first step.
struct TenStepsBench {
    support::GoldenFile file = support::golden("ten_steps");
    models::Unet unet{unet_spec()};
    models::ClipText text{kTextSpec};
    std::unique_ptr<adapters::Network> network;
    std::unique_ptr<optim::AdamW> optimizer;
    diffusion::Schedule schedule =
        diffusion::make_schedule(diffusion::Terminal::Trace, support::test_device());

    TenStepsBench() {
        tensor::set_threads(1);  // sums in one order, and the sizes are tiny
        load(unet, "unet.");
        load(text, "text.");
        network = std::make_unique<adapters::Network>(
            given(), adapters::NetworkOptions{.device = support::test_device()}, 1);
        optimizer = std::make_unique<optim::AdamW>(
            std::vector{group("text", Half::Text, 0.002), group("unet", Half::Unet, 0.005)},
            settings::AdamW{});
    }

    std::vector<adapters::Given> given() {
        FindTargets find_text(Half::Text, [](const auto& path) { return models::kohya_text_name(path); });
        FindTargets find_unet(Half::Unet,
                              [&](const auto& path) { return models::kohya_unet_name(unet.spec, path); });
        text.visit(find_text);
        unet.visit(find_unet);
        std::vector<adapters::Given> all;
        for (const auto* found : {&find_text.targets, &find_unet.targets})
            for (const auto& target : *found)
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

    at::Tensor loss(std::int64_t step, std::optional<double> min_snr) const {
        const auto drawn = [&](const char* name) { return file.get(name)[step]; };
        const auto noise = drawn("noise"), timesteps = drawn("timesteps");
        const auto noisy = diffusion::add_noise(schedule, drawn("latents"), noise, timesteps);
        const auto predicted = unet(noisy, timesteps, text(drawn("ids")));
        const auto weights =
            min_snr ? diffusion::min_snr_weight(schedule, timesteps, diffusion::Prediction::Epsilon, *min_snr)
                    : at::Tensor();
        return diffusion::loss_of(predicted, noise, weights).mean();
    }
};

void expect_lora(const TenStepsBench& bench, const std::string& prefix, const auto& of_parameter) {
    std::size_t compared = 0;
    for (const auto& group : bench.optimizer->groups())
        for (std::size_t i = 0; i < group.names.size(); ++i) {
            expect_near(of_parameter(group.tensors[i]), bench.file.get(prefix + group.names[i]), kTolerance,
                        prefix + group.names[i]);
            ++compared;
        }
    EXPECT_EQ(compared, 120U);  // 48 layers of the UNet, 12 of the text encoder, two tensors each
}

void expect_ten_steps(const std::string& run, std::optional<double> min_snr) {
    TenStepsBench bench;
    const auto losses = bench.file.get(run + ".losses"), norms = bench.file.get(run + ".norms");
    const settings::LrSchedule schedule{settings::ScheduleShape::Cosine, 2};
    for (std::int64_t step = 0; step < kSteps; ++step) {
        const auto loss = bench.loss(step, min_snr);
        loss.backward();
        expect_near(loss.detach(), losses[step], kTolerance, fmt::format("loss of step {}", step));
        if (step == 0) expect_lora(bench, run + ".grad.", [](const at::Tensor& t) { return t.grad(); });
        const double norm = optim::clip_grad_norm(bench.optimizer->gather(), kMaxNorm);
        EXPECT_NEAR(norm / norms[step].item<double>(), 1, kTolerance) << "step " << step;
        bench.optimizer->step(optim::rate_at(schedule, step, kSteps));
        bench.optimizer->zero_grad();
    }
    expect_lora(bench, run + ".end.", [](const at::Tensor& t) { return t.detach(); });
}

}  // namespace

TEST(TenStepsGolden, LossesGradientsAndLoraAreThoseOfTheReference) {
    expect_ten_steps("plain", std::nullopt);
}
TEST(TenStepsGolden, AndAlsoWithMinSnr) {
    const auto gamma = std::stod(support::golden("ten_steps").metadata().at("gamma"));
    expect_ten_steps("min_snr", gamma);
}

}  // namespace lorikeet::train
