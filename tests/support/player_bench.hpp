// What a step player works with, for tests that compare the ways in which steps are done.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/tiny.hpp"
#include "tensor/device.hpp"
#include "tensor/rng.hpp"
#include "tensor/transfer.hpp"
#include "train/step_player.hpp"
#include "train/words.hpp"

namespace lorikeet::support {

inline const std::vector<std::string> kPlayerCaptions = {"a red bird", "a tree in the wind"};

inline settings::Job job_on(settings::DeviceChoice device, settings::Precision precision) {
    settings::Job job;
    job.model.checkpoint = tiny_checkpoint().string();
    job.adapter.rank = 2;
    job.adapter.alpha = 8;
    job.optim.lr = 5e-4;
    job.optim.text_lr = 1e-4;
    job.train.precision = precision;
    job.train.device = device;
    return job;
}

inline train::StepDraws draws_of(std::uint64_t seed, std::int64_t height, std::int64_t width) {
    auto generator = tensor::generator(seed, tensor::Stream::Noise);
    const auto latents = at::randn({2, 4, height, width}, generator, at::kFloat);
    return {latents, at::randn({2, 4, height, width}, generator, at::kFloat),
            at::randint(0, 1000, {2}, generator, at::kLong)};
}

// A run of its own: the same numbers for each, so that only the way in which steps are done can differ.
struct PlayerBench {
    settings::Job job;
    tensor::OwnStream stream;
    train::Recipe recipe;
    std::vector<std::string> said;
    std::unique_ptr<train::Step> step;
    train::OutOfMemoryRetry retry{{}, [](const std::string&) {}};
    std::unique_ptr<train::StepPlayer> player;

    explicit PlayerBench(settings::Job wanted)
        : job(std::move(wanted)),
          stream(tensor::pick_device(train::name_of(job.train.device))),
          recipe(train::load_recipe(job)) {
        tensor::set_threads(1);  // as small as this is, several only wait for each other
        train::fit_trainee(recipe, job);
        step = std::make_unique<train::Step>(recipe, job);
        player = std::make_unique<train::StepPlayer>(
            *step, recipe, job, retry, [this](std::string text) { said.push_back(std::move(text)); });
    }
    // Every weight of the adapter in one row, on the processor.
    at::Tensor weights() const {
        std::vector<at::Tensor> all;
        for (const auto& parameter : recipe.optimizer->parameters())
            all.push_back(parameter.detach().cpu().flatten());
        return at::cat(all);
    }
    std::vector<train::StepInputs> inputs_of(const std::vector<train::StepDraws>& draws) const {
        std::vector<train::StepInputs> batches;
        for (const auto& one : draws)
            batches.push_back(step->prepare(one, kPlayerCaptions, 1.0 / static_cast<double>(draws.size())));
        return batches;
    }
    train::StepResult play(const std::vector<train::StepDraws>& draws, double rate = 1) const {
        return player->play(inputs_of(draws), rate);
    }
    // A step as it comes on a GPU, whose numbers those of recordings must be.
    train::StepResult queue(const std::vector<train::StepInputs>& batches, double rate = 1) const {
        at::Tensor loss;
        for (const auto& inputs : batches) {
            const auto part = step->learn(inputs).to(at::kDouble) * inputs.share;
            loss = loss.defined() ? loss + part : part;
        }
        const auto norm = step->move_queued(step->rates(rate), loss);
        step->forget_gradients();
        return {loss, norm};
    }
};

}  // namespace lorikeet::support
