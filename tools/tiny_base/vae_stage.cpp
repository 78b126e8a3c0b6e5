#include "vae_stage.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/workers.hpp"
#include "bird.hpp"
#include "drawing.hpp"
#include "sheet.hpp"
#include "stage.hpp"
#include "tensor/precision.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::size_t kVaeReplicas = 2;
constexpr std::size_t kVaeShare = 8;                  // drawings of a replica: a batch has 16
constexpr std::uint64_t kHeldOut = 1ULL << 40U;       // steps that training never reaches
constexpr std::uint64_t kSecondCourse = 1ULL << 32U;  // where the decoder's own steps begin
constexpr double kKlWeight = 3e-4;
constexpr double kBlur = 0.03;  // noise on latents: a UNet does not hit them exactly either

io::Image draw_for_vae(std::uint64_t step, std::uint64_t index) {
    tensor::Draws draws(tensor::seed_of(kSeed, tensor::Stream::Sample, step, index));
    if (draws.below(10) < 4) return paint_anything(draws.bits()).image();
    static const auto things = every_thing();
    const auto thing = things[draws.below(things.size())];
    return generate(thing, draw_place(draws)).image();
}

at::Tensor batch_of(std::uint64_t step, std::size_t replica) {
    std::vector<io::Image> images(kVaeShare);
    for (std::size_t i = 0; i < images.size(); ++i) images[i] = draw_for_vae(step, replica * kVaeShare + i);
    return to_pixels(images);
}

at::Tensor gradient_loss(const at::Tensor& predicted, const at::Tensor& target) {
    const auto off = predicted - target;
    return (off.slice(2, 1) - off.slice(2, 0, -1)).abs().mean() +
           (off.slice(3, 1) - off.slice(3, 0, -1)).abs().mean();
}

at::Tensor likeness_loss(const at::Tensor& predicted, const at::Tensor& pixels) {
    return (predicted - pixels).abs().mean() + 0.5 * gradient_loss(predicted, pixels) +
           (predicted - pixels).square().mean();
}

at::Tensor vae_loss_of(const models::Vae& vae, std::uint64_t step, std::size_t replica) {
    const auto pixels = batch_of(step, replica);
    auto noise_source = tensor::generator(kSeed, tensor::Stream::Posterior, step, replica);
    const tensor::Autocast cast(at::kCPU, at::kBFloat16);
    const auto moments = vae.encode(pixels);
    const auto noise = at::randn(moments.mean.sizes(), noise_source);
    const auto predicted = vae.decode(moments.draw(noise)).to(at::kFloat);
    const auto kl = 0.5 * (moments.mean.square() + moments.logvar.exp() - 1 - moments.logvar).mean();
    return likeness_loss(predicted, pixels) + kKlWeight * kl;
}

// The decoder alone, on latents that the encoder has already settled.
at::Tensor decoder_loss_of(const models::Vae& vae, std::uint64_t step, std::size_t replica) {
    const auto pixels = batch_of(kSecondCourse + step, replica);
    auto noise_source = tensor::generator(kSeed, tensor::Stream::Posterior, kSecondCourse + step, replica);
    const tensor::Autocast cast(at::kCPU, at::kBFloat16);
    at::Tensor latents;
    {
        const at::NoGradGuard no_grad;
        const auto mean = vae.encode(pixels).mean;
        latents = mean + kBlur * at::randn(mean.sizes(), noise_source);
    }
    return likeness_loss(vae.decode(latents).to(at::kFloat), pixels);
}

std::vector<io::Image> held_out_drawings() {
    static const auto things = every_thing();
    std::vector<io::Image> images;
    for (std::uint64_t i = 0; i < 48; ++i) {
        tensor::Draws draws(tensor::seed_of(kSeed, tensor::Stream::Sample, kHeldOut, i));
        const auto thing = things[draws.below(things.size())];
        images.push_back(generate(thing, draw_place(draws)).image());
    }
    return images;
}

std::vector<io::Image> birds() {
    std::vector<io::Image> images;
    for (const auto& portrait : demo_portraits()) images.push_back(draw_bird(portrait, kSizePx).image());
    return images;
}

// [B] dB, of images rounded to 8 bit.
at::Tensor psnr_of(const models::Vae& vae, const at::Tensor& pixels) {
    const auto back = to_pixels(to_images(vae.decode(vae.encode(pixels).mean)));
    return 10 * at::log10(4.0 / (back - pixels).square().mean({1, 2, 3}));
}

void report(const models::Vae& vae, const base::Path& folder, std::int64_t step) {
    const auto score = measure_vae(vae);
    base::log_info(fmt::format("vae {}: {:.2f} dB on held-out drawings, worst {:.2f}, birds {:.2f}", step,
                               score.world, score.worst, score.bird));
    auto images = held_out_drawings();
    images.resize(12);
    std::ranges::copy(birds(), std::back_inserter(images));
    std::vector<io::Image> sheet;
    for (std::size_t row = 0; row < 2; ++row) {
        const std::vector<io::Image> originals(images.begin() + static_cast<long>(row * 12),
                                               images.begin() + static_cast<long>(row * 12 + 12));
        std::ranges::copy(originals, std::back_inserter(sheet));
        std::ranges::copy(to_images(vae.decode(vae.encode(to_pixels(originals)).mean)),
                          std::back_inserter(sheet));
    }
    write_sheet(folder / "vae.png", sheet, 12);
}

Visit visit_of_decoder(models::Vae& vae) {
    return [&vae](nn::Visitor& visitor) {
        vae.post_quant_conv.visit(visitor, "post_quant_conv");
        vae.decoder.visit(visitor);
    };
}

using LossOf = at::Tensor (*)(const models::Vae&, std::uint64_t step, std::size_t replica);

void teach(Stage& stage, const std::vector<models::Vae>& vaes, const base::Path& folder, LossOf loss,
           const base::Cancel& cancel) {
    base::Stopwatch watch;
    double sum = 0;
    while (!stage.is_done()) {
        if (cancel.stop_requested()) return stage.save();
        sum += stage.advance([&](std::int64_t step, std::size_t replica) {
            return loss(vaes[replica], static_cast<std::uint64_t>(step), replica);
        });
        if (stage.step() % 50 == 0) {
            base::log_info(fmt::format("vae {}: loss {:.4f}, {:.3f} s a step", stage.step(), sum / 50,
                                       watch.seconds() / 50));
            sum = 0;
            watch.restart();
        }
        if (stage.step() % 150 == 0 || stage.is_done()) {
            stage.save();
            stage.with_smooth([&] { report(vaes.front(), folder, stage.step()); });
            watch.restart();
        }
    }
}

}  // namespace

models::VaeSpec vae_spec() {
    return {.widths = {16, 32, 64}, .blocks = 1, .latent_channels = 4, .groups = 8};
}

VaeScore measure_vae(const models::Vae& vae) {
    const at::NoGradGuard no_grad;
    const auto world = psnr_of(vae, to_pixels(held_out_drawings()));
    const auto bird = psnr_of(vae, to_pixels(birds()));
    return {world.mean().item<double>(), world.min().item<double>(), bird.mean().item<double>()};
}

models::Vae load_vae(const base::Path& folder) {
    models::Vae vae(vae_spec());
    load_stage(folder / "vae.safetensors", [&](nn::Visitor& visitor) { vae.visit(visitor); });
    const auto decoder = folder / "decoder.safetensors";
    if (std::filesystem::exists(decoder)) load_stage(decoder, visit_of_decoder(vae));
    return vae;
}

void train_vae(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel) {
    std::vector<models::Vae> vaes(kVaeReplicas, models::Vae(vae_spec()));
    std::vector<Visit> visits;
    for (auto& vae : vaes) visits.emplace_back([&vae](nn::Visitor& visitor) { vae.visit(visitor); });
    init_weights(visits.front(), kSeed, {"conv2.weight", "proj_out.weight"});
    Stage stage(folder / "vae.safetensors", visits, {.steps = steps, .lr = 1e-3, .memory = 0.99});
    teach(stage, vaes, folder, vae_loss_of, cancel);
}

void train_decoder(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel) {
    std::vector<models::Vae> vaes;
    std::vector<Visit> visits;
    for (std::size_t i = 0; i < kVaeReplicas; ++i) vaes.push_back(load_vae(folder));
    for (auto& vae : vaes) visits.push_back(visit_of_decoder(vae));
    Stage stage(folder / "decoder.safetensors", visits, {.steps = steps, .lr = 1e-3, .memory = 0.99});
    teach(stage, vaes, folder, decoder_loss_of, cancel);
}

}  // namespace lorikeet::tiny_base
