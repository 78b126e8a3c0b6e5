#include "train/forecast.hpp"

#include <algorithm>
#include <vector>

#include <ATen/core/grad_mode.h>

#include "base/clock.hpp"
#include "tensor/device.hpp"
#include "tensor/precision.hpp"
#include "tensor/rehearsal.hpp"
#include "train/recipe.hpp"
#include "train/step.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

constexpr std::int64_t kMostCaptions = 4096;  // as train/captions keeps them

std::int64_t bytes_of(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<std::int64_t>(tensor.nbytes()) : 0;
}

struct Side {
    std::int64_t height = 0, width = 0;
};
Side side_of(const std::vector<std::int64_t>& size) { return {size.back(), size.front()}; }

}  // namespace

// One job's model and adapters without numbers.
struct Forecaster::Stage {
    settings::Job job;
    std::int64_t caption_count;
    Forecast known;  // what no plan changes
    tensor::Rehearsal rehearsal;
    Recipe recipe;
    std::unique_ptr<Step> step;
    StepInputs inputs;

    Stage(const settings::Job& wanted, std::int64_t captions)
        : job(wanted), caption_count(std::min(captions, kMostCaptions)) {
        const bool on_processor = tensor::pick_device(name_of(job.train.device)).is_cpu();
        known.program = on_processor ? static_cast<std::int64_t>(base::memory_now_bytes()) : 0;
        const auto start = rehearsal.now_bytes();
        recipe = load_recipe(job, at::kMeta);
        known.weights = rehearsal.now_bytes() - start;
        fit_adapter(recipe, job);
        step = std::make_unique<Step>(recipe, job);
        recipe.network->begin_step(0, 0);  // makes the copies that it computes with
        known.adapter = rehearsal.now_bytes() - start - known.weights;
        known.optimizer = recipe.optimizer->state_bytes();
        inputs = inputs_of_a_step();
        if (inputs.context.defined())
            known.captions = bytes_of(inputs.context) / job.data.batch * caption_count;
        for (const auto& parameter : recipe.optimizer->parameters()) known.gradients += bytes_of(parameter);
        known.encoding = most_of([this] { encode(); });
        if (!job.sample.prompts.empty()) known.painting = most_of([this] { paint(); });
    }

    // The most that `work` takes beyond what is there.
    template <class Work>
    std::int64_t most_of(const Work& work) {
        const auto before = rehearsal.now_bytes();
        rehearsal.forget_peak();
        work();
        return rehearsal.peak_bytes() - before;
    }

    at::Tensor latents_for(std::int64_t pictures, const std::vector<std::int64_t>& size) const {
        const auto& spec = recipe.model->spec;
        const auto [height, width] = side_of(size);
        const auto factor = spec.vae.factor();
        return at::empty({pictures, spec.vae.latent_channels, height / factor, width / factor}, at::kMeta);
    }

    StepInputs inputs_of_a_step() const {
        const auto latents = latents_for(job.data.batch, job.data.resolution);
        const std::vector<std::string> captions(static_cast<std::size_t>(job.data.batch));
        return step->prepare({latents, at::empty_like(latents), at::empty({job.data.batch}, at::kLong)},
                             captions, 1.0);
    }

    void encode() const {
        const at::NoGradGuard no_gradient;
        const auto [height, width] = side_of(job.data.resolution);
        recipe.model->vae.encode(at::empty({1, 3, height, width}, at::kMeta));
    }

    // The last steps of train/preview: guidance guesses twice at once, and the picture is decoded.
    void paint() const {
        const at::NoGradGuard no_gradient;
        const auto& size = job.sample.size.empty() ? job.data.resolution : job.sample.size;
        const auto latents = latents_for(2, size);
        const auto context = at::empty({2, job.model.max_tokens + 2, recipe.model->spec.unet.context_width},
                                       at::TensorOptions(at::kMeta).dtype(recipe.compute));
        recipe.model->unet(latents, at::empty({2}, at::TensorOptions(at::kMeta).dtype(at::kLong)), context);
        recipe.model->vae.decode(latents_for(1, size));
    }
};

std::int64_t Forecast::most() const {
    return std::max({step(), program + weights + encoding, resting() + painting});
}

Forecaster::Forecaster(const settings::Job& job, std::int64_t captions)
    : stage_(std::make_unique<Stage>(job, captions)) {}
Forecaster::~Forecaster() = default;

Forecast Forecaster::of(const StepPlan& plan) {
    auto forecast = stage_->known;
    forecast.plan = plan;
    stage_->step->set_plan(plan);
    const auto most = stage_->most_of([this] { stage_->step->learn(stage_->inputs); });
    stage_->step->forget_gradients();
    forecast.activations = std::max<std::int64_t>(0, most - forecast.gradients);
    return forecast;
}

}  // namespace lorikeet::train
