#include "train/recipe.hpp"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/home.hpp"
#include "base/path.hpp"
#include "models/layout.hpp"
#include "optim/rules.hpp"
#include "tensor/device.hpp"
#include "train/choose.hpp"
#include "train/precision_choice.hpp"
#include "train/trainees.hpp"
#include "train/words.hpp"

namespace lorikeet::train {

using base::ErrorCode;

base::Path checkpoint_file(const settings::Model& model) {
    if (model.checkpoint != "tiny") {
        if (base::is_there(model.checkpoint)) return model.checkpoint;
        base::fail(
            ErrorCode::NotFound, fmt::format("There is no checkpoint {}.", model.checkpoint),
            base::hint_for_missing(model.checkpoint) +
                " A checkpoint is a .safetensors file, or \"tiny\" for the small model that comes along.");
    }
    if (auto file = base::try_find_asset("tiny/tiny.safetensors")) return *file;
    base::fail(ErrorCode::NotFound, "The included tiny base model is missing.",
               "Set LORIKEET_HOME to the folder that holds assets/tiny, or name a checkpoint of your own.");
}

models::PartFiles part_files_of(const settings::Model& model) {
    return model.vae.empty() ? models::PartFiles{} : models::PartFiles{models::vae_in(model.vae)};
}

namespace {

// Settings cannot know it: it is the model's.
void expect_sizes_fit(const settings::Data& data, const models::Spec& spec) {
    const auto step = spec.latents().size_step_px;
    const auto expect = [&](const std::string& key, std::int64_t side) {
        if (side % step == 0) return;
        base::fail(ErrorCode::InvalidInput,
                   fmt::format("{} takes images whose sides are multiples of {} pixels, and {} has {}.",
                               spec.family->name, step, key, side),
                   fmt::format("Set {} to {}.", key, std::max(step, side / step * step)));
    };
    for (const auto side : data.resolution) expect("data.resolution", side);
    for (std::size_t i = 0; i < data.subsets.size(); ++i)
        for (const auto side : data.subsets[i].resolution)
            expect(fmt::format("data.subsets[{}].resolution", i), side);
    if (data.buckets && data.bucket_step) expect("data.bucket_step", *data.bucket_step);
}

}  // namespace

Recipe load_recipe(const settings::Job& job, std::optional<at::Device> device) {
    Recipe recipe;
    recipe.device = device ? *device : tensor::pick_device(name_of(job.train.device));
    recipe.compute = compute_type_of(job.train);
    const auto checkpoint = checkpoint_file(job.model);
    models::LoadOptions options;
    options.device = recipe.device;
    options.files = part_files_of(job.model);
    const auto read = models::spec_of(io::SafetensorsFile(checkpoint), options.files);
    const auto& spec = *read;
    expect_sizes_fit(job.data, spec);
    const auto chosen = choose_for_model(job, spec);
    const auto& trainee = trainee_of(chosen);
    recipe.news = trainee.news(chosen, spec);
    if (trainee.moves_model) options.trained = trainee.parts(chosen);
    options.unet = options.text = recipe.compute;
    options.vae = vae_type_of(job.model.vae_precision, spec, recipe.compute);
    options.weights = models::WeightsAre::Frozen;
    options.stands_for = tensor::pick_device(name_of(job.train.device));
    recipe.process = process_of(job.model.prediction, job.model.zero_snr, spec, recipe.device);
    for (auto& note : notes_on(job.model, spec)) recipe.news.push_back(std::move(note));
    recipe.model = models::load_model(spec, checkpoint, options);
    if (auto words = models::words_for_unused(recipe.model->source().unused); !words.empty())
        recipe.news.push_back(std::move(words));
    recipe.captions = std::make_unique<Captions>(*recipe.model, job);
    return recipe;
}

double optimizer_bytes(settings::OptimRule rule) { return optim::facts_of(rule).state_bytes; }
double highest_usual_rate(settings::OptimRule rule) { return optim::facts_of(rule).highest_usual_rate; }

void fit_trainee(Recipe& recipe, const settings::Job& wanted) {
    const auto job = choose_for_model(wanted, recipe.model->spec());
    const auto& trainee = trainee_of(job);
    recipe.model->ensure(models::Part::Unet);
    for (const auto part : trainee.parts(job)) recipe.model->ensure(part);
    recipe.trainee = trainee.make(*recipe.model, job, recipe.device, recipe.compute);
    recipe.optimizer = optim::facts_of(job.optim.rule).make(recipe.trainee->groups(), job.optim);
    if (recipe.compute == at::kHalf) recipe.loss_scale = std::make_unique<LossScale>(recipe.device);
}

std::string identity_of_vae(const std::string& weights, at::ScalarType type) {
    return fmt::format("{} {}", weights, tensor::name_of(type));
}

data::Encoder encoder_of(models::Model& model, std::function<void(std::string)> tell) {
    const auto encode = [&model, tell = std::move(tell)](const at::Tensor& pixels) {
        const at::NoGradGuard no_gradient;
        const auto moments = model.encode(pixels, tell);
        return data::CachedLatents{moments.mean, moments.deviation()};
    };
    const auto identity = [&model, weights = model.vae_identity()] {
        return identity_of_vae(weights, model.options().vae);
    };
    const auto latents = model.spec().latents();
    return {encode,
            identity,
            model.source().file_of(models::Part::VaeEncoder).path.filename().string(),
            {std::string(model.spec().family->kohya_latents), latents.channels, latents.factor}};
}

}  // namespace lorikeet::train
