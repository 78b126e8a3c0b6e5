#include "train/validation_loss.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "data/draw_plan.hpp"
#include "data/held_out.hpp"
#include "diffusion/noising.hpp"
#include "tensor/rng.hpp"
#include "train/evaluation.hpp"

namespace lorikeet::train {

std::array<std::int64_t, 4> validation_timesteps(const settings::Noise& noise) {
    std::array<std::int64_t, 4> timesteps{};
    const auto range = noise.max_timestep - noise.min_timestep;
    for (std::size_t i = 0; i < timesteps.size(); ++i)
        timesteps[i] = noise.min_timestep + range * static_cast<std::int64_t>(i + 1) /
                                                static_cast<std::int64_t>(timesteps.size() + 1);
    return timesteps;
}

std::set<std::string> validation_captions(const settings::Job& job,
                                          const std::vector<data::DatasetImage>& images) {
    constexpr auto kAll = std::numeric_limits<std::size_t>::max();
    const auto seed = static_cast<std::uint64_t>(job.data.validation.seed);
    return data::captions_shown(images, data::validation_data(job.data), seed, 1, kAll).value();
}

ValidationLoss::ValidationLoss(std::vector<data::DatasetImage> images, const settings::Job& job,
                               data::Encoder encoder)
    : job_(job),
      loader_(std::move(images), data::validation_data(job.data),
              static_cast<std::uint64_t>(job.data.validation.seed), std::move(encoder)) {}

data::Loader::Filled ValidationLoss::fill_cache(const data::OnProgress& on_progress,
                                                const base::Cancel& cancel) {
    return loader_.fill_cache(on_progress, cancel);
}

// Each image by itself, so that its draws do not depend on what it is shown together with.
StepDraws ValidationLoss::draws_of(const data::Batch& batch, const Recipe& recipe) const {
    const auto seed = static_cast<std::uint64_t>(job_.data.validation.seed);
    std::vector<at::Tensor> latents, noise;
    for (std::size_t i = 0; i < batch.images.size(); ++i) {
        const auto number = data::number_of(loader_.images()[batch.images[i]]);
        auto posterior = tensor::generator(seed, tensor::Stream::Validation, number, 1);
        auto added = tensor::generator(seed, tensor::Stream::Validation, number, 2);
        const auto at = static_cast<std::int64_t>(i);
        const auto mean = batch.latents.mean.narrow(0, at, 1), std = batch.latents.std.narrow(0, at, 1);
        latents.push_back(recipe.model->scaled(mean + std * at::randn(mean.sizes(), posterior)));
        noise.push_back(diffusion::draw_noise(latents.back(), job_.noise.offset, added));
    }
    return {at::cat(latents), at::cat(noise), {}, batch.sizes, {}, batch.masks};
}

std::optional<double> ValidationLoss::of(Recipe& recipe, Step& step, const base::Cancel& cancel) {
    const Evaluation as_used(recipe);
    const auto timesteps = validation_timesteps(job_.noise);
    double sum = 0;
    for (std::int64_t index = 0; index < loader_.batches_per_epoch(); ++index) {
        if (cancel.stop_requested()) return std::nullopt;
        const auto batch = loader_.batch(0, index);
        auto draws = draws_of(batch, recipe);
        const auto count = draws.latents.size(0);
        for (const auto timestep : timesteps) {
            auto unused = at::detail::createCPUGenerator(0);  // of one timestep there is nothing to draw
            draws.timesteps = recipe.process->draw_times(count, timestep, timestep + 1, unused);
            const auto inputs = step.prepare(draws, batch.captions, 1.0);
            sum += step.loss_alone(inputs).item<double>() * static_cast<double>(count);
        }
    }
    return sum / static_cast<double>(images() * std::ssize(timesteps));
}

bool ValidationLoss::tell(Recipe& recipe, Step& step_maker, Session& session, std::int64_t step) {
    session.phase("validating");
    const base::Stopwatch watch;
    const auto loss = of(recipe, step_maker, session.cancel());
    if (!loss) return false;
    if (std::isfinite(*loss))
        session.take(
            {"validation",
             {{"step", step}, {"loss", *loss}, {"images", images()}, {"took_seconds", watch.seconds()}}});
    else
        session.warn(fmt::format("The validation loss after step {} is NaN or infinite.", step));
    return true;
}

}  // namespace lorikeet::train
