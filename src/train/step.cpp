#include "train/step.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/core/grad_mode.h>

#include "base/error.hpp"
#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "optim/clip.hpp"
#include "tensor/precision.hpp"
#include "tensor/recompute.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::train {

using tensor::Stream;

std::vector<at::Tensor*> StepInputs::tensors() {
    std::vector<at::Tensor*> all;
    for (auto* one :
         {&draws.latents, &draws.noise, &draws.timesteps, &draws.sizes, &draws.weights, &draws.masks})
        if (one->defined()) all.push_back(one);
    for (auto* one : text.tensors()) all.push_back(one);
    if (share.defined()) all.push_back(&share);
    for (auto& one : ids) all.push_back(&one);
    return all;
}

StepInputs StepInputs::part(std::int64_t first, std::int64_t count) const {
    auto part = *this;
    const double whole = static_cast<double>(draws.latents.size(0));
    for (auto* one : part.tensors())
        if (one->dim() > 0) *one = one->narrow(0, first, count);
    part.share = share * (static_cast<double>(count) / whole);
    return part;
}

Step::Step(Recipe& recipe, const settings::Job& job) : recipe_(recipe), job_(job), transfer_(recipe.device) {}

StepDraws Step::draw(const data::Batch& batch, std::int64_t step, std::int64_t micro) const {
    const auto generator = [&](Stream stream) {
        return tensor::generator(static_cast<std::uint64_t>(job_.train.seed), stream,
                                 static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(micro));
    };
    auto posterior = generator(Stream::Posterior), noise = generator(Stream::Noise),
         time = generator(Stream::Time);
    const auto& moments = batch.latents;
    StepDraws draws;
    draws.latents =
        recipe_.model->scaled(moments.mean + moments.std * at::randn(moments.mean.sizes(), posterior));
    draws.noise = diffusion::draw_noise(draws.latents, job_.noise.offset, noise);
    draws.timesteps = recipe_.process->draw_times(draws.latents.size(0), job_.noise.min_timestep,
                                                  job_.noise.max_timestep, time);
    draws.sizes = batch.sizes;
    draws.weights = batch.weights;
    draws.masks = batch.masks;
    return draws;
}

StepInputs Step::prepare(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share) {
    auto inputs = prepare(draw(batch, step, micro), batch.captions, share);
    inputs.step = static_cast<std::uint64_t>(step);
    inputs.micro = static_cast<std::uint64_t>(micro);
    return inputs;
}

StepInputs Step::prepare(const StepDraws& draws, std::span<const std::string> captions, double share) {
    StepInputs inputs;
    inputs.draws = {transfer_.send(draws.latents),
                    transfer_.send(draws.noise),
                    transfer_.send(draws.timesteps),
                    {},
                    {},
                    {}};
    if (recipe_.model->reads_sizes()) inputs.draws.sizes = transfer_.send(draws.sizes);
    if (draws.weights.defined()) inputs.draws.weights = transfer_.send(draws.weights);
    if (draws.masks.defined()) inputs.draws.masks = transfer_.send(draws.masks);
    if (recipe_.captions->frozen()) {
        const tensor::Autocast autocast(at::kCPU, recipe_.compute);
        inputs.text = recipe_.captions->states(captions);
    } else {
        for (const auto& ids : recipe_.captions->ids_of(captions)) inputs.ids.push_back(transfer_.send(ids));
    }
    inputs.share = transfer_.send(at::scalar_tensor(share, at::kFloat));
    return inputs;
}

at::Tensor Step::rates(double rate) const {
    const auto& groups = recipe_.optimizer->groups();
    const auto rates = at::empty({static_cast<std::int64_t>(groups.size())}, at::kFloat);
    for (std::size_t i = 0; i < groups.size(); ++i) rates[static_cast<std::int64_t>(i)] = rate * groups[i].lr;
    return transfer_.send(rates);
}

at::Tensor Step::loss_of(const StepInputs& inputs) const {
    const auto& [latents, noise, timesteps, sizes, own_weights, masks] = inputs.draws;
    // Of the processor's operators alone: on a GPU autocast would work out every norm in float32 and cast it twice, and
    // weights, activations and adapters are of the right type without it.
    const tensor::Autocast autocast(at::kCPU, recipe_.compute);
    const tensor::RecomputeScope recompute(plan_.recompute ? tensor::Recompute::On : tensor::Recompute::Off);
    const auto text = inputs.ids.empty() ? inputs.text
                                         : recipe_.captions->read(inputs.ids);  // [B, T, D], [B, P]
    const auto& process = *recipe_.process;
    const auto noisy = process.mix(latents, noise, timesteps);                         // [B, C, h, w]
    const auto predicted = recipe_.model->predict(noisy, timesteps, text, sizes);      // [B, C, h, w]
    const auto target = process.target(latents, noise, timesteps);                     // [B, C, h, w]
    auto weights = job_.loss.min_snr ? process.weights(timesteps, *job_.loss.min_snr)  // [B]
                                     : at::Tensor();
    if (own_weights.defined()) weights = weights.defined() ? weights * own_weights : own_weights;
    const auto mean = job_.loss.divide_by_mask ? diffusion::MaskMean::Mask : diffusion::MaskMean::Image;
    return diffusion::loss_of(predicted, target, weights, masks, mean).mean();
}

at::Tensor Step::loss_alone(const StepInputs& inputs) const {
    const at::NoGradGuard no_gradient;
    return loss_of(inputs);
}

at::Tensor Step::learn(const StepInputs& inputs) {
    const auto total = inputs.draws.latents.size(0), parts = std::min(plan_.parts, total);
    const auto part_of = [&](std::int64_t first, std::int64_t count) {
        return StepPart{inputs.step, inputs.micro, first, count, total};
    };
    if (parts == 1) return learn_part(inputs, part_of(0, total));
    at::Tensor loss;
    for (std::int64_t i = 0; i < parts; ++i) {
        const auto first = i * total / parts, count = (i + 1) * total / parts - first;
        const auto part = learn_part(inputs.part(first, count), part_of(first, count)) *
                          (static_cast<double>(count) / static_cast<double>(total));
        loss = loss.defined() ? loss + part : part;
    }
    return loss;
}

at::Tensor Step::learn_part(const StepInputs& inputs, const StepPart& part) {
    recipe_.trainee->begin_step(part);
    const auto loss = loss_of(inputs);
    // The processor knows its numbers at once; a GPU finds out in move().
    if (!loss.is_cpu() || std::isfinite(loss.item<double>())) {
        const auto shared = loss * inputs.share;
        (recipe_.loss_scale ? recipe_.loss_scale->scaled(shared) : shared).backward();
    }
    return loss.detach();
}

at::Tensor Step::move(double rate, const at::Tensor& loss) {
    at::Tensor norm;
    if (recipe_.device.is_cpu()) {
        const auto gradients = recipe_.optimizer->gather();
        if (recipe_.loss_scale) recipe_.loss_scale->unscale(gradients);
        norm = at::scalar_tensor(optim::clip_grad_norm(gradients, job_.optim.max_grad_norm), at::kDouble);
        const bool fits = std::isfinite(norm.item<double>());
        if (fits) recipe_.optimizer->step(rate);
        if (recipe_.loss_scale) recipe_.loss_scale->learn_from(at::scalar_tensor(fits ? 0.0 : 1.0));
        recipe_.trainee->weights_moved();
    } else {
        norm = move_queued(rates(rate), loss);
    }
    recipe_.optimizer->zero_grad();
    return norm;
}

at::Tensor Step::move_queued(const at::Tensor& rates, const at::Tensor& loss) {
    const at::NoGradGuard no_gradient;
    const auto gradients = recipe_.optimizer->gather();
    if (recipe_.loss_scale) recipe_.loss_scale->unscale(gradients);
    const auto norm = optim::clip_grad_norm_queued(gradients, job_.optim.max_grad_norm);
    base::expects(norm.defined(), "there is a gradient");
    const auto broken = at::isfinite(norm + loss).logical_not().to(at::kFloat);
    recipe_.optimizer->step_queued(rates, broken);
    if (recipe_.loss_scale) recipe_.loss_scale->learn_from(broken);
    recipe_.trainee->weights_moved();
    return norm;
}

double Step::gather(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share) {
    return learn(prepare(batch, step, micro, share)).item<double>();
}

double Step::gather(const StepDraws& draws, std::span<const std::string> captions, double share) {
    return learn(prepare(draws, captions, share)).item<double>();
}

}  // namespace lorikeet::train
