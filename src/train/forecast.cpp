#include "train/forecast.hpp"

#include <algorithm>

#include <ATen/core/grad_mode.h>

#include "base/clock.hpp"
#include "nn/frozen.hpp"
#include "nn/visitors.hpp"
#include "settings/chosen.hpp"
#include "tensor/device.hpp"
#include "tensor/precision.hpp"
#include "tensor/rehearsal.hpp"
#include "train/recipe.hpp"
#include "train/run_schedule.hpp"
#include "train/step.hpp"
#include "train/training_length.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using BatchShape = data::DrawPlan::BatchShape;

std::int64_t tensor_bytes(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<std::int64_t>(tensor.nbytes()) : 0;
}

std::int64_t pixels_of(const BatchShape& shape) {
    return shape.images * shape.size.width_px * shape.size.height_px;
}

// Sizes can differ more than batches do: a folder with a larger resolution may fill none.
data::Size largest_size(const settings::Job& job, const std::vector<data::DatasetImage>& images) {
    data::Size largest{job.data.resolution.front(), job.data.resolution.back()};
    const auto plan = data::draw_plan_of(images, job.data, 0);
    for (const auto& shape : plan.shapes())
        if (pixels_of({shape.size, 1}) > pixels_of({largest, 1})) largest = shape.size;
    return largest;
}

// Different texts that frozen encoders are shown; where nobody counts them, so many that they fill what is held.
std::int64_t texts_shown(const settings::Job& job, const std::vector<data::DatasetImage>& images,
                         const RunPhases& phases) {
    if (!phases.kept_texts.empty() || images.empty()) return std::ssize(phases.kept_texts);
    const auto draws = data::draw_plan_of(images, job.data, 0);
    const auto epochs = training_length_of(job.train, draws.batches_per_epoch()).epochs();
    const auto seed = static_cast<std::uint64_t>(job.train.seed);
    const auto shown = data::captions_shown(images, job.data, seed, epochs, kMostKeptTexts);
    return shown ? std::ssize(*shown) : static_cast<std::int64_t>(kMostKeptTexts);
}

}  // namespace

BatchShape largest_batch(const settings::Job& job, const std::vector<data::DatasetImage>& images) {
    const auto plan = data::draw_plan_of(images, job.data, 0);
    const auto& shapes = plan.shapes();
    if (shapes.empty())
        return {{job.data.resolution.front(), job.data.resolution.back()}, settings::chosen(job.data.batch)};
    return *std::max_element(shapes.begin(), shapes.end(),
                             [](const auto& a, const auto& b) { return pixels_of(a) < pixels_of(b); });
}

// One job's model and adapters without numbers.
struct Forecaster::Stage {
    settings::Job job;
    BatchShape batch;
    data::Size encoded;  // the largest
    std::int64_t texts = 0;
    bool on_processor;
    bool masked;
    Forecast known;  // what no plan changes
    std::vector<RunPhase> rehearsed;
    tensor::Rehearsal rehearsal;
    Recipe recipe;
    std::unique_ptr<Step> step;
    StepInputs inputs;

    Stage(const settings::Job& wanted, const std::vector<data::DatasetImage>& images)
        : job(wanted),
          batch(largest_batch(wanted, images)),
          encoded(largest_size(wanted, images)),
          on_processor(tensor::pick_device(name_of(wanted.train.device)).is_cpu()),
          masked(std::any_of(images.begin(), images.end(),
                             [](const auto& one) { return one.mask.kind != data::Mask::Kind::None; })),
          rehearsal(tensor::pick_device(name_of(wanted.train.device))) {
        known.program = on_processor ? static_cast<std::int64_t>(base::memory_now_bytes()) : 0;
        known.decoding = on_processor ? data::reading_bytes(images, job.data) : 0;
        known.decodes_in_steps = !job.data.cache_latents;
        const auto phases = phases_of(job, images);
        texts = texts_shown(job, images, phases);
        for (const auto& phase : phases.in_order) {
            take_parts(phase);
            rehearse(phase.phase);
            rehearsed.push_back({phase.phase, loaded_parts(*recipe.model)});
        }
        if (known.sampling > 0) known.sampling -= known.weights;
    }

    // All that the phase may load, which is more than a run does that finds everything in its cache.
    void take_parts(const RunPhase& phase) {
        if (recipe.model) release_others(*recipe.model, phase);
        for (const auto part : phase.parts) recipe.model->ensure(part);
    }

    void rehearse(Phase phase) {
        switch (phase) {
            case Phase::Load: recipe = load_recipe(job, at::kMeta); return;
            case Phase::CacheLatents: return encodes(most_of([this] { encode(); }) + more_for_encoding());
            case Phase::CacheText: return encodes(most_of([this] { read_text(); }));
            case Phase::Fit: return fit();
            case Phase::Train: return begin_training();
            case Phase::SampleFirst:
            case Phase::SampleBetween:
            case Phase::SampleLast:
                known.sampling = std::max(known.sampling, weights() + most_of([this] { generate(); }));
                return;
            case Phase::Save: return;  // what is trained is written as it lies there
        }
    }

    void encodes(std::int64_t most) { known.encoding = std::max(known.encoding, weights() + most); }

    void fit() {
        const auto before = rehearsal.now_bytes();
        fit_trainee(recipe, job);
        step = std::make_unique<Step>(recipe, job);
        recipe.trainee->begin_step({});  // makes the copies that it computes with
        known.adapter = rehearsal.now_bytes() - before;
        known.optimizer = recipe.optimizer->state_bytes();
        for (const auto& parameter : recipe.optimizer->parameters())
            known.gradients += tensor_bytes(parameter);
    }

    void begin_training() {
        known.weights = weights();
        known.preparing = most_of([this] { inputs = inputs_of_a_step(); });
        if (known.decodes_in_steps)
            known.preparing = std::max(known.preparing, most_of([this] { encode(); }) + more_for_encoding());
        if (recipe.captions->frozen())
            known.captions = std::min(Captions::kMostBytes,
                                      static_cast<std::int64_t>(inputs.text.bytes()) / batch.images * texts);
    }

    // What the encoder's weights take beyond their numbers where its convolutions go the shorter way.
    std::int64_t more_for_encoding() const {
        const bool shorter = on_processor && recipe.model->options().vae == at::kFloat &&
                             nn::gains_by_strips(at::kFloat);
        if (!shorter) return 0;
        nn::CountShort count;
        recipe.model->visit(models::Part::VaeEncoder, count);
        return count.bytes;
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

    at::Tensor latents_for(std::int64_t images, const data::Size& size) const {
        const auto facts = recipe.model->spec().latents();
        return at::empty(
            {images, facts.channels, size.height_px / facts.factor, size.width_px / facts.factor}, at::kMeta);
    }

    // Of the type that the process draws.
    at::Tensor times_for(std::int64_t images, at::Device device) const {
        auto generator = at::detail::createCPUGenerator(0);
        const auto drawn =
            recipe.process->draw_times(1, job.noise.min_timestep, job.noise.max_timestep, generator);
        return at::empty({images}, drawn.options().device(device));
    }

    // Of families whose captions have no fixed length.
    std::string longest_caption() const {
        std::string longest;
        for (std::int64_t i = 0; i < job.model.max_tokens; ++i) longest += "a ";
        return longest;
    }

    StepInputs inputs_of_a_step() const {
        const auto latents = latents_for(batch.images, batch.size);
        const std::vector<std::string> captions(static_cast<std::size_t>(batch.images), longest_caption());
        StepDraws draws{latents, at::empty_like(latents), times_for(batch.images, at::kCPU),
                        at::empty({batch.images, 6})};
        if (masked) draws.masks = at::empty({batch.images, 1, latents.size(2), latents.size(3)}, at::kMeta);
        return step->prepare(draws, captions, 1.0);
    }

    void encode() {
        const at::NoGradGuard no_gradient;
        recipe.model->encode(at::empty({1, 3, encoded.height_px, encoded.width_px}, at::kMeta));
    }

    // Two, as guidance wants them; a frozen encoder reads them once.
    models::TextStates read_text() {
        const at::NoGradGuard no_gradient;
        const tensor::Autocast autocast(at::kCPU, recipe.compute);  // as in a step
        return recipe.captions->states(std::vector(2, longest_caption()));
    }

    // The last steps of train/preview: guidance predicts twice at once, and the image is decoded.
    void generate() {
        const at::NoGradGuard no_gradient;
        const auto& sides = job.sample.size.empty() ? job.data.resolution : job.sample.size;
        const data::Size size{sides.front(), sides.back()};
        recipe.model->predict(latents_for(2, size), times_for(2, at::kMeta), read_text(),
                              at::empty({2, 6}, at::TensorOptions(at::kMeta)));
        recipe.model->decode(latents_for(1, size));
    }
};

std::int64_t Forecast::most() const { return std::max(of_training(), resting() + sampling); }

Forecaster::Forecaster(const settings::Job& job, const std::vector<data::DatasetImage>& images)
    : stage_(std::make_unique<Stage>(job, images)) {}
Forecaster::~Forecaster() = default;

const std::vector<RunPhase>& Forecaster::rehearsed() const { return stage_->rehearsed; }

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
