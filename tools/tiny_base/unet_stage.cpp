#include "unet_stage.hpp"

#include <vector>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "captions.hpp"
#include "diffusion/noising.hpp"
#include "diffusion/target.hpp"
#include "exam.hpp"
#include "latents.hpp"
#include "models/conditioning.hpp"
#include "sheet.hpp"
#include "stage.hpp"
#include "tensor/precision.hpp"
#include "text_stage.hpp"
#include "vae_stage.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::size_t kUnetReplicas = 2;
constexpr std::size_t kUnetShare =
    8;  // latents of a replica: a batch has 16. Many steps teach more than few good ones
constexpr double kCfg = 4;

// What all steps look at and none changes.
struct Teaching {
    Latents latents;
    models::ClipText text;
    models::Tokenizer tokenizer;
    diffusion::Schedule schedule = diffusion::make_schedule();
};

struct UnetBatch {
    at::Tensor latents;    // [B, 4, h, w]
    at::Tensor timesteps;  // [B]
    at::Tensor context;    // [B, 77, D]
};

struct BatchPlace {
    std::uint64_t step = 0;
    std::size_t replica = 0;
};

UnetBatch draw_batch(const Teaching& teaching, const BatchPlace& place) {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> latents;
    std::vector<std::int64_t> timesteps;
    std::vector<std::string> captions;
    for (std::size_t i = 0; i < kUnetShare; ++i) {
        // Timesteps are spread evenly over the batch: each draws from a stretch of its own.
        const auto index_in_batch = i * kUnetReplicas + place.replica;
        tensor::Draws draws(tensor::seed_of(kSeed, tensor::Stream::Time, place.step, index_in_batch));
        const auto index = draws.below(teaching.latents.things.size());
        latents.push_back(teaching.latents.scaled[static_cast<std::int64_t>(index)]);
        timesteps.push_back(
            static_cast<std::int64_t>((static_cast<double>(index_in_batch) + draws.uniform()) * 1000 /
                                      static_cast<double>(kUnetShare * kUnetReplicas)));
        const bool silent = draws.below(10) == 0;  // for guidance
        captions.push_back(silent ? "" : draw_reading(teaching.latents.things[index], draws).caption);
    }
    return {at::stack(latents), at::tensor(timesteps),
            models::encode_captions(teaching.text, teaching.tokenizer, captions, 1, {})};
}

at::Tensor loss_of(const Teaching& teaching, const models::Unet& unet, const BatchPlace& place) {
    const auto batch = draw_batch(teaching, place);
    auto source = tensor::generator(kSeed, tensor::Stream::Noise, place.step, place.replica);
    const auto noise = diffusion::draw_noise(batch.latents, 0, source);
    const auto noisy = diffusion::add_noise(teaching.schedule, batch.latents, noise, batch.timesteps);
    const auto target = diffusion::target_of(diffusion::Prediction::Velocity, teaching.schedule,
                                             batch.latents, noise, batch.timesteps);
    const tensor::Autocast cast(at::kCPU, at::kBFloat16);
    const auto predicted = unet(noisy, batch.timesteps, batch.context).to(at::kFloat);
    return (predicted - target).square().mean();
}

void report_unet(const base::Path& folder, const SampleGenerator& generator, std::int64_t step) {
    const auto exam = examine(generator, kCfg, kSeed);
    base::log_info(
        fmt::format("unet {}: cfg {}: shape {:.0f} %, colour {:.0f} %, ground {:.0f} %, all {:.0f} %, "
                    "overlap {:.3f}",
                    step, kCfg, 100 * exam.score.shape, 100 * exam.score.hue, 100 * exam.score.ground,
                    100 * exam.score.all, exam.score.overlap));
    write_sheet(folder / fmt::format("unet-{:05}.png", step), exam.images, 10);
}

}  // namespace

models::UnetSpec unet_spec() {
    return {.widths = {64, 96, 128},
            .blocks = 1,
            .depths = {0, 1, 0},
            .middle_depth = 1,
            .heads = 4,
            .context_width = text_spec().width,
            .groups = 8};
}

models::Unet load_unet(const base::Path& folder) {
    models::Unet unet(unet_spec());
    load_stage(folder / "unet.safetensors", [&](nn::Visitor& visitor) { unet.visit(visitor); });
    return unet;
}

void train_unet(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel) {
    const Teaching teaching{load_latents(folder), load_text(folder),
                            models::Tokenizer::from_file(models::default_vocabulary())};
    const auto vae = load_vae(folder);
    std::vector<models::Unet> unets(kUnetReplicas, models::Unet(unet_spec()));
    std::vector<Visit> visits;
    for (auto& unet : unets) visits.emplace_back([&unet](nn::Visitor& visitor) { unet.visit(visitor); });
    init_weights(visits.front(), kSeed, {"out_layers.3.weight", "proj_out.weight", "out.2.weight"});
    Stage stage(folder / "unet.safetensors", visits, {.steps = steps, .lr = 1.2e-3, .memory = 0.995});
    const SampleGenerator generator{unets.front(), vae, teaching.text, teaching.tokenizer,
                                    teaching.latents.scale};
    base::Stopwatch watch;
    double sum = 0;
    while (!stage.is_done()) {
        if (cancel.stop_requested()) return stage.save();
        sum += stage.advance([&](std::int64_t step, std::size_t replica) {
            return loss_of(teaching, unets[replica], {static_cast<std::uint64_t>(step), replica});
        });
        if (stage.step() % 50 == 0) {
            base::log_info(fmt::format("unet {}: loss {:.4f}, {:.3f} s a step", stage.step(), sum / 50,
                                       watch.seconds() / 50));
            sum = 0;
            stage.save();
            watch.restart();
        }
        if (stage.step() % 300 == 0 || stage.is_done()) {
            stage.save();
            stage.with_smooth([&] { report_unet(folder, generator, stage.step()); });
            watch.restart();
        }
    }
}

}  // namespace lorikeet::tiny_base
