#include "train/forecast.hpp"

#include <algorithm>
#include <vector>

#include <ATen/core/grad_mode.h>

#include "base/clock.hpp"
#include "nn/frozen.hpp"
#include "nn/visitors.hpp"
#include "settings/chosen.hpp"
#include "tensor/device.hpp"
#include "tensor/rehearsal.hpp"
#include "train/recipe.hpp"
#include "train/run_schedule.hpp"
#include "train/step.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

constexpr std::int64_t kMostOfCaptions = std::int64_t{256} << 20;  // as train/captions keeps them

std::int64_t tensor_bytes(const at::Tensor& tensor) {
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
    Forecast known;  // what no plan changes
    tensor::Rehearsal rehearsal;
    Recipe recipe;
    std::unique_ptr<Step> step;
    StepInputs inputs;

    // In the order of a run: what is no longer wanted is let go before the next part begins.
    Stage(const settings::Job& wanted, std::int64_t captions)
        : job(wanted), rehearsal(tensor::pick_device(name_of(wanted.train.device))) {
        const bool on_processor = tensor::pick_device(name_of(job.train.device)).is_cpu();
        known.program = on_processor ? static_cast<std::int64_t>(base::memory_now_bytes()) : 0;
        recipe = load_recipe(job, at::kMeta);
        recipe.model->ensure(models::Part::VaeEncoder);
        known.encoding = weights() + most_of([this] { encode(); }) + (on_processor ? more_for_encoding() : 0);
        if (job.data.cache_latents) recipe.model->release(models::Part::VaeEncoder);
        const auto before_unet = weights();
        recipe.model->ensure(models::Part::Unet);
        if (job.adapter.train_text) recipe.model->ensure(models::Part::Text);
        const auto loaded = rehearsal.now_bytes();
        fit_adapter(recipe, job);
        step = std::make_unique<Step>(recipe, job);
        recipe.trainee->begin_step(0, 0, {});  // makes the copies that it computes with
        known.adapter = rehearsal.now_bytes() - loaded;
        known.optimizer = recipe.optimizer->state_bytes();
        for (const auto& parameter : recipe.optimizer->parameters())
            known.gradients += tensor_bytes(parameter);
        read_captions(captions, job.data.cache_text ? before_unet : weights());
        known.weights = weights();
        if (makes_samples(job.sample)) known.sampling = most_of([this] { generate(); });
    }

    // What the encoder's weights take beyond their numbers where its convolutions go the shorter way.
    std::int64_t more_for_encoding() const {
        if (recipe.model->options().vae != at::kFloat || !nn::gains_by_strips(at::kFloat)) return 0;
        nn::CountShort count;
        recipe.model->visit(models::Part::VaeEncoder, count);
        return count.bytes;
    }

    // Where what frozen encoders make is kept, they have come and gone before the U-Net comes.
    void read_captions(std::int64_t count, std::int64_t before) {
        const auto most = most_of([this] { inputs = inputs_of_a_step(); });
        if (!recipe.captions->frozen()) return;
        known.encoding = std::max(known.encoding, before + most);
        known.captions = std::min(kMostOfCaptions, static_cast<std::int64_t>(inputs.text.bytes()) /
                                                       settings::chosen(job.data.batch) * count);
        if (job.data.cache_text) recipe.model->release(models::Part::Text);
    }

    // Of all that is loaded now.
    std::int64_t weights() const {
        nn::CountBytes found;
        for (const auto part : models::kParts) recipe.model->visit(part, found);
        return found.bytes;
    }

    // The most that `work` takes beyond what is there.
    template <class Work>
    std::int64_t most_of(const Work& work) {
        const auto before = rehearsal.now_bytes();
        rehearsal.forget_peak();
        work();
        return rehearsal.peak_bytes() - before;
    }

    at::Tensor latents_for(std::int64_t images, const std::vector<std::int64_t>& size) const {
        const auto facts = recipe.model->spec().latents();
        const auto [height, width] = side_of(size);
        return at::empty({images, facts.channels, height / facts.factor, width / facts.factor}, at::kMeta);
    }

    // Of the type that the process draws.
    at::Tensor times_for(std::int64_t images, at::Device device) const {
        auto generator = at::detail::createCPUGenerator(0);
        const auto drawn =
            recipe.process->draw_times(1, job.noise.min_timestep, job.noise.max_timestep, generator);
        return at::empty({images}, drawn.options().device(device));
    }

    StepInputs inputs_of_a_step() const {
        const auto batch = settings::chosen(job.data.batch);
        const auto latents = latents_for(batch, job.data.resolution);
        std::string longest;  // of families whose captions have no fixed length
        for (std::int64_t i = 0; i < job.model.max_tokens; ++i) longest += "a ";
        const std::vector<std::string> captions(static_cast<std::size_t>(batch), longest);
        const StepDraws draws{latents, at::empty_like(latents), times_for(batch, at::kCPU),
                              at::empty({batch, 6})};
        return step->prepare(draws, captions, 1.0);
    }

    void encode() {
        const at::NoGradGuard no_gradient;
        const auto [height, width] = side_of(job.data.resolution);
        recipe.model->encode(at::empty({1, 3, height, width}, at::kMeta));
    }

    // The last steps of train/preview: guidance predicts twice at once, and the image is decoded.
    void generate() {
        const at::NoGradGuard no_gradient;
        const auto& size = job.sample.size.empty() ? job.data.resolution : job.sample.size;
        const auto text = inputs.ids.empty() ? inputs.text : recipe.captions->read(inputs.ids);
        const auto twice = text.each([](const at::Tensor& t) {
            return at::cat({t.narrow(0, 0, 1), t.narrow(0, 0, 1)});
        });
        recipe.model->predict(latents_for(2, size), times_for(2, at::kMeta), twice,
                              at::empty({2, 6}, at::TensorOptions(at::kMeta)));
        recipe.model->ensure(models::Part::VaeDecoder);
        recipe.model->decode(latents_for(1, size));
        recipe.model->release(models::Part::VaeDecoder);
    }
};

std::int64_t Forecast::most() const { return std::max(of_training(), resting() + sampling); }

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
