#include "train/step.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "diffusion/target.hpp"
#include "optim/clip.hpp"
#include "tensor/precision.hpp"
#include "tensor/recompute.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::train {

using tensor::Stream;

Step::Step(Recipe& recipe, const settings::Job& job)
    : recipe_(recipe),
      job_(job),
      captions_(*recipe.model, job),
      parameters_(recipe.optimizer->parameters()) {}

StepDraws StepDraws::of(std::int64_t first, std::int64_t count) const {
    return {latents.narrow(0, first, count), noise.narrow(0, first, count),
            timesteps.narrow(0, first, count)};
}

StepDraws Step::draw(const data::Batch& batch, std::int64_t step, std::int64_t micro) const {
    const auto generator = [&](Stream stream) {
        return tensor::generator(static_cast<std::uint64_t>(job_.train.seed), stream,
                                 static_cast<std::uint64_t>(step), static_cast<std::uint64_t>(micro));
    };
    auto posterior = generator(Stream::Posterior), noise = generator(Stream::Noise),
         time = generator(Stream::Time);
    const auto& moments = batch.latents;
    StepDraws draws;
    draws.latents = (moments.mean + moments.std * at::randn(moments.mean.sizes(), posterior)) *
                    recipe_.model->spec.latent_scale;
    draws.noise = diffusion::draw_noise(draws.latents, job_.noise.offset, noise);
    draws.timesteps = diffusion::draw_timesteps(draws.latents.size(0), job_.noise.min_timestep,
                                                job_.noise.max_timestep, time);
    return draws;
}

double Step::gather(const data::Batch& batch, std::int64_t step, std::int64_t micro, double share) {
    step_ = static_cast<std::uint64_t>(step), micro_ = static_cast<std::uint64_t>(micro);
    return gather(draw(batch, step, micro), batch.captions, share);
}

double Step::gather(const StepDraws& draws, std::span<const std::string> captions, double share) {
    const auto total = draws.latents.size(0), parts = std::min(plan_.parts, total);
    double loss = 0;
    for (std::int64_t part = 0; part < parts; ++part) {
        const auto first = part * total / parts, count = (part + 1) * total / parts - first;
        recipe_.network->begin_step(step_, micro_, {first, count, total});
        const double weight = static_cast<double>(count) / static_cast<double>(total);
        loss += weight * gather_part(draws.of(first, count),
                                     captions.subspan(static_cast<std::size_t>(first),
                                                      static_cast<std::size_t>(count)),
                                     weight * share);
        if (!std::isfinite(loss)) break;
    }
    return loss;
}

double Step::gather_part(const StepDraws& draws, std::span<const std::string> captions, double share) {
    const auto& [latents, noise, timesteps] = draws;
    at::Tensor loss;
    {
        const tensor::RecomputeScope recompute(plan_.recompute ? tensor::Recompute::On
                                                               : tensor::Recompute::Off);
        const tensor::Autocast autocast(latents.device().type(), recipe_.compute);
        const auto context = captions_.states(captions);                                       // [B, T, D]
        const auto noisy = diffusion::add_noise(recipe_.schedule, latents, noise, timesteps);  // [B, 4, h, w]
        const auto guess = recipe_.model->unet(noisy, timesteps, context);                     // [B, 4, h, w]
        const auto target =
            diffusion::target_of(recipe_.prediction, recipe_.schedule, latents, noise, timesteps);
        const diffusion::LossOptions options{recipe_.prediction, job_.loss.min_snr};
        loss = diffusion::loss_of(guess, target, timesteps, recipe_.schedule, options).mean();
    }
    const double value = loss.item<double>();
    if (std::isfinite(value)) (loss * share).backward();
    return value;
}

double Step::move(double rate) {
    const double norm = optim::clip_grad_norm(parameters_, job_.optim.max_grad_norm);
    if (std::isfinite(norm)) recipe_.optimizer->step(rate);
    recipe_.optimizer->zero_grad();
    return norm;
}

}  // namespace lorikeet::train
